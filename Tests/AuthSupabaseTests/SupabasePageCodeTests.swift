// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The codes that `docs/supabase.md` gives each route, against those that scenarios show.
@Suite("Codes on the page of Supabase's API")
struct SupabasePageCodeTests {
    /// What no scenario shows: a provider that cannot be reached, and a session that ends while its code is exchanged.
    private static let unshown: [String: Set<String>] = [
        "GET /authorize": ["bad_oauth_callback"], "POST /token": ["no_authorization"],
    ]

    /// What each route can answer, what is the form of OAuth, and what is no code.
    private static let others: Set<String> = [
        "validation_failed", "oauth", "invalid_request", "invalid_grant", "csrf", "gone", "not_found",
    ]

    /// The cells of the table of routes, without its head.
    private static func rows() throws -> [[String]] {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(contentsOfFile: root.appendingPathComponent("docs/supabase.md").path, encoding: .utf8)
        let start = try #require(text.firstRange(of: "\n## Routes\n"))
        let lines = text[start.upperBound...].split(separator: "\n")
        let table = lines.drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }
        return table.dropFirst(2).map { line in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
            return cells.map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    /// The names of the contract's table, with the answers of their variants.
    private static func shown() -> [String: Set<String>] {
        var shown: [String: Set<String>] = [:]
        for route in SupabaseContract.routes {
            let name = String(route.name.prefix { $0 != "?" })
                .replacing(" redirecting", with: "").replacing(" form", with: "")
            shown[name, default: []].formUnion(route.codes)
        }
        return shown
    }

    @Test("each route has the codes that its scenarios show, and no others")
    func codes() throws {
        let shown = Self.shown()
        let ofUsers = try #require(shown["GET /user"])
        let ofAdmins = try #require(shown["GET /admin/users"])
        let rows = try Self.rows()
        #expect(rows.count > 30 && rows.allSatisfy { $0.count == 4 })
        // The last row stands for what is off.
        for row in rows.dropLast() where !row[3].contains("in the redirect") && row[3] != "the same" {
            let general: Set<String> = row[1] == "user" ? ofUsers : row[1] == "admin" ? ofAdmins : []
            let named = Set(row[3].matches(of: #/`([a-z0-9_]+)`/#).map { String($0.output.1) })
            let expected = (shown[row[0]] ?? []).union(Self.unshown[row[0]] ?? [])
            let left = Self.others.union(general)
            #expect(named.subtracting(left) == expected.subtracting(left), "\(row[0])")
        }
    }
}
