// SPDX-License-Identifier: Apache-2.0

import AuthTesting
import FoundationEssentials
import Testing

@Suite("Clauses of the contract") struct ClauseTests {
    @Test("every clause has a check, and every check a clause")
    func coverage() throws {
        let sources = URLPath(#filePath).up(3).path + "/Sources/AuthStore"
        let files = try FileManager.default.subpathsOfDirectory(atPath: sources).filter { $0.hasSuffix(".swift") }

        let written = Set(
            try files.flatMap { try clauses(in: String(contentsOfFile: "\(sources)/\($0)", encoding: .utf8)) })

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
        try text.matches(of: Regex(#"\*\*([A-Z][0-9]+)\.\*\*"#, as: (Substring, Substring).self)).map {
            String($0.output.1)
        }
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
