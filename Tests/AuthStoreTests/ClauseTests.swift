// SPDX-License-Identifier: Apache-2.0

import AuthTesting
import Glibc
import Testing

@Suite("Clauses of the contract") struct ClauseTests {
    @Test("every clause has a check, and every check a clause")
    func coverage() throws {
        let sources = URLPath(#filePath).up(3).path + "/Sources/AuthStore"
        let files = [
            "AuthStore", "UserStore", "SessionStore", "OneTimeTokenStore", "SignInLimitStore", "SourceLimitStore",
            "SigningKeyStore", "ChangeFeed", "AuditStore",
        ]

        let written = Set(try files.flatMap { try clauses(in: try text(of: "\(sources)/\($0).swift")) })

        #expect(
            written.isSuperset(of: [
                "A1", "A8", "U1", "U11", "S1", "S8", "T4", "L5", "B3", "K2", "F2", "D1", "D6",
            ]))
        #expect(Set(StoreConformance.allChecks.map(\.clause)) == written)
    }

    @Test("no two checks have one name")
    func names() {
        let ids = StoreConformance.allChecks.map(\.id)

        #expect(Set(ids).count == ids.count)
    }

    /// Every `**X1.**` of a text.
    private func clauses(in text: String) throws -> [String] {
        try text.matches(of: Regex(#"\*\*([AUSTLBKFD][0-9]+)\.\*\*"#, as: (Substring, Substring).self)).map {
            String($0.output.1)
        }
    }

    private func text(of path: String) throws -> String {
        let file = try #require(fopen(path, "r"), "\(path) cannot be read")
        defer { fclose(file) }
        var octets: [UInt8] = []
        while case let octet = fgetc(file), octet != EOF { octets.append(UInt8(truncatingIfNeeded: octet)) }
        return try #require(String(validating: octets, as: UTF8.self))
    }
}

/// A path whose last parts can be taken away.
private struct URLPath {
    let path: String

    init(_ path: String) { self.path = path }

    func up(_ count: Int) -> URLPath {
        URLPath(path.split(separator: "/").dropLast(count).map { "/" + $0 }.joined())
    }
}
