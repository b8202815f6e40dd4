// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import authd

@Suite("Misspelt settings")
struct MisspellingTests {
    struct Case: CustomTestStringConvertible {
        let name: String
        let meant: SettingKey?
        var testDescription: String { name }
    }

    @Test(
        "are known by one edit, by two in long names, and by the same letters in another order or case",
        arguments: [
            Case(name: "DATABASE_URI", meant: .databaseURL),
            Case(name: "DATABSE_URL", meant: .databaseURL),
            Case(name: "database_url", meant: .databaseURL),
            Case(name: "database-url", meant: .databaseURL),
            Case(name: "URL_DATABASE", meant: .databaseURL),
            Case(name: "ALOWED_ORIGIN", meant: .allowedOrigins),
            Case(name: "SECRETKEY", meant: .secretKey),
            Case(name: "PROT", meant: .port),
            Case(name: "POTR", meant: .port),
            Case(name: "PORTS", meant: .port),
            Case(name: "DATABASE_URL", meant: nil),
            Case(name: "HOME", meant: nil),
            Case(name: "HOSTNAME", meant: nil),
            Case(name: "PATH", meant: nil),
            Case(name: "DATABASE_ECHO", meant: nil),
            Case(name: "OLLAMA_BASE_URL", meant: nil),
            Case(name: "", meant: nil),
            Case(name: "_", meant: nil),
            Case(name: String(repeating: "A", count: 100_000), meant: nil),
        ])
    func meaning(_ example: Case) {
        #expect(Misspelling.setting(meantBy: example.name) == example.meant)
    }

    @Test("no setting is taken for a misspelling of another one", arguments: SettingKey.allCases)
    func settingsThemselves(_ key: SettingKey) {
        #expect(Misspelling.setting(meantBy: key.rawValue) == nil)
    }

    @Test("the distance counts letters inserted, removed and replaced")
    func distance() {
        let pairs = [("", "", 0), ("", "ab", 2), ("kitten", "sitting", 3), ("flaw", "lawn", 2), ("same", "same", 0)]
        for (left, right, expected) in pairs {
            #expect(Misspelling.distance(Array(left.utf8), Array(right.utf8)) == expected, "\(left) \(right)")
            #expect(Misspelling.distance(Array(right.utf8), Array(left.utf8)) == expected, "\(right) \(left)")
        }
    }
}
