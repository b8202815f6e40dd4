// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTP
import AuthHTTPServer
import AuthService
import AuthStore
import AuthSupabase
import AuthTesting
import Testing

@testable import authd

/// What `docs/supabase.md` says against the program; `SupabasePageTests` runs its other blocks.
@Suite("Page on Supabase's API")
struct SupabaseDocumentTests {
    private static let page = "docs/supabase.md"

    private static func section(_ heading: String) throws -> Substring {
        let text = try Repository.text(page)
        let start = try #require(text.firstRange(of: "\n## \(heading)\n"), "\(heading)")
        let rest = text[start.upperBound...]
        return rest[..<(rest.firstRange(of: "\n## ")?.lowerBound ?? rest.endIndex)]
    }

    /// The cells of the first table in a section, without its head.
    private static func rows(_ heading: String) throws -> [[String]] {
        let lines = try section(heading).split(separator: "\n")
        let table = lines.drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }
        return table.dropFirst(2).map { line in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
            return cells.map { String($0).trimmingBlanks }
        }
    }

    @Test("the first block switches the API on, and the start warns of none of its lines")
    func firstBlock() throws {
        let name = "Supabase's API #1"
        let text = try Repository.text(Self.page)
        #expect(text.hasPrefix("# \(name.dropLast(3))\n"))
        let block = try #require(text.split(separator: "```sh\n").dropFirst().first?.split(separator: "```").first)
        let file = EnvironmentFile(Array(block.utf8))
        #expect(file.problems == [] && file.foreignNames == [])
        let configuration = try DaemonConfiguration.read(file.values)
        #expect(configuration.service.supabase?.baseURL == "https://id.example.com/auth/v1")
        #expect(configuration.service.supabase?.redirects.site.text.hasPrefix("https://app.example.com") == true)
        #expect(
            !configuration.warnings.contains { warning in file.values.keys.contains { warning.hasPrefix("\($0) ") } },
            "\(configuration.warnings)")
    }

    @Test("Microsoft is a provider under the name that the libraries have for it")
    func azure() throws {
        let block = "Providers #1"
        let section = try Self.section(String(block.dropLast(3)))
        let text = try #require(section.split(separator: "```sh\n").dropFirst().first?.split(separator: "```").first)
        let file = EnvironmentFile(Array(text.utf8))
        #expect(file.problems == [] && file.foreignNames == [])
        let configuration = try DaemonConfiguration.read(file.values.merging(SupabaseSettingsTests.on) { $1 })
        #expect(configuration.providers.providers.map(\.provider.name.text) == ["azure"])
        #expect(configuration.providers.providers.map(\.provider.displayName) == ["Microsoft"])
        #expect(!configuration.warnings.contains { $0.hasPrefix("PROVIDER") }, "\(configuration.warnings)")
    }

    @Test("the table of routes has every route of the group, once and with its method, and no other")
    func routes() async throws {
        let authority = try await TestAuthority()
        let group = SupabaseEndpoints(service: authority.service, configuration: HTTPConfiguration())
        let rows = try Self.rows("Routes")
        // What stands for OAuth, passkeys and providers of one's own is one row.
        let off = try #require(rows.last)
        #expect(off.last == "`feature_disabled`")
        let prefixes = off[0].split(separator: ",").flatMap { $0.split(separator: " ") }.map(String.init)
            .filter { $0.hasPrefix("/") }
        #expect(prefixes.count == 6)
        let routes = group.endpoints.map { "\($0.method.rawValue) \($0.path.description)" }
        let others = routes.filter { route in
            let path = route.drop { $0 != "/" }
            return !prefixes.contains { path == $0 || path.hasPrefix($0 + "/") }
        }
        #expect(rows.dropLast().map { $0[0] }.sorted() == others.sorted())
        for prefix in prefixes {
            #expect(routes.contains { $0.hasSuffix(" " + prefix) || $0.contains(" " + prefix + "/") }, "\(prefix)")
        }
    }

    @Test("the levels of the table are three, and each row has four cells")
    func levels() throws {
        let rows = try Self.rows("Routes")
        #expect(rows.allSatisfy { $0.count == 4 })
        #expect(Set(rows.dropLast().map { $0[1] }) == ["public", "user", "admin"])
        let differences = try Self.rows("What differs from Supabase")
        #expect(differences.allSatisfy { $0.count == 4 } && differences.count > 35)
        #expect(Set(differences.map { $0[0] }).count == differences.count)
    }

    @Test("numbers of the page are those of the program")
    func numbers() throws {
        let text = try Repository.text(Self.page).split { $0.isWhitespace }.joined(separator: " ")
        let settings = try #require(try DaemonConfiguration.read(SupabaseSettingsTests.on).service.supabase)
        #expect(
            text.contains("| \(settings.codeDigits) digits, \(settings.codeLifetime.components.seconds / 60) minutes |")
        )
        #expect(text.contains("an hour (`SUPABASE_LINK_HOURS`)") && settings.linkLifetime == .seconds(3_600))
        #expect(text.contains("Two of each form can be live") && SupabaseKey.mostLive == 2)
        #expect(text.contains("| three void it |") && SupabaseCode.wrongVerifiersAllowed == 3)
        #expect(text.contains("at most \(Password.maximumBytes / 1_024),024 bytes"))
        // A full bucket and thirty wrong codes a day for thirty days, against three live codes of eight digits.
        let chance = (30.0 + 30 * 30) * 3 / 100_000_000
        #expect(chance <= 3.0 / 100_000 && text.contains("at most 3 in 100,000"))
        #expect(chance * 100 <= 3.0 / 1_000 && text.contains("of 3 in 1,000"))
    }

    @Test("the budgets of codes are those of the code, here and on the page on rate limiting")
    func budgets() throws {
        let limits = try Repository.text("docs/abuse.md")
        #expect(limits.contains("| wrong codes | 10 in an hour and 30 in a day |"))
        #expect(limits.contains("| one source as one address there | wrong codes | 5 in an hour and 10 in a day |"))
        #expect(SupabaseBudget.codesPerAddress == MailBudget.Rule(perHour: 10, perDay: 30))
        #expect(SupabaseBudget.codesPerSource == MailBudget.Rule(perHour: 5, perDay: 10))
        let text = try Repository.text(Self.page).split { $0.isWhitespace }.joined(separator: " ")
        #expect(text.contains("10 wrong ones an hour and 30 a day, and 5 and 10 from one source"))
        #expect(text.contains("by address, 10 an hour and 30 a day, and by address and source, 5 and 10"))
    }

    @Test("no role can have a name that the page reserves, and the page names them all")
    func reservedRoles() throws {
        let notes = try Self.section("Security notes")
        for name in ["service_role", "supabase_admin", "anon", "authenticated", "postgres"] {
            #expect(try #require(Role(name)).isReserved && notes.contains("`\(name)`"), "\(name)")
        }
    }
}

extension String {
    /// The text without the blanks around it.
    fileprivate var trimmingBlanks: String {
        var text = drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
