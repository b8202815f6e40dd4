// SPDX-License-Identifier: Apache-2.0

import AuthStoreSQLite
import Testing

@Suite("SQLite configuration")
struct SQLiteConfigurationTests {
    struct Case: CustomTestStringConvertible {
        let url: String
        let path: String
        var readers = 2
        var busyTimeout = Duration.seconds(2)
        var testDescription: String { url }
    }

    static let cases = [
        Case(url: "sqlite:///./authd.db", path: "./authd.db"),
        Case(url: "sqlite:///authd.db", path: "authd.db"),
        Case(url: "sqlite:////var/lib/authd/authd.db", path: "/var/lib/authd/authd.db"),
        Case(url: "sqlite+aiosqlite:///./test.db", path: "./test.db"),
        Case(url: "SQLite:///A.DB", path: "A.DB"),
        Case(url: "sqlite:///a%20b%25%3F%C3%A4.db", path: "a b%?ä.db"),
        Case(url: "sqlite:///a.db?", path: "a.db"),
        Case(url: "sqlite:///a.db?readers=64", path: "a.db", readers: 64),
        Case(
            url: "sqlite:///a.db?busy_timeout_ms=0&readers=1", path: "a.db", readers: 1, busyTimeout: .zero),
    ]

    @Test("reads what a URL says", arguments: cases)
    func reading(_ wanted: Case) throws {
        let configuration = try SQLiteConfiguration(url: wanted.url)

        #expect(configuration.path == wanted.path)
        #expect(configuration.readerCount == wanted.readers)
        #expect(configuration.busyTimeout == wanted.busyTimeout)
    }

    struct Refusal: CustomTestStringConvertible {
        let url: String
        let error: SQLiteURLError
        var testDescription: String { url }
    }

    static let refusals = [
        Refusal(url: "", error: .scheme),
        Refusal(url: "authd.db", error: .scheme),
        Refusal(url: "postgresql://localhost/authd", error: .scheme),
        Refusal(url: "sqlite3:///a.db", error: .scheme),
        Refusal(url: "sqlite:a.db", error: .scheme),
        Refusal(url: "sqlite:/a.db", error: .scheme),
        Refusal(url: "sqlite://", error: .memory),
        Refusal(url: "sqlite:///", error: .memory),
        Refusal(url: "sqlite://?readers=2", error: .memory),
        Refusal(url: "sqlite:///:memory:", error: .memory),
        Refusal(url: "sqlite:///%3Amemory%3A", error: .memory),
        Refusal(url: "sqlite:///file::memory:?cache=shared", error: .memory),
        Refusal(url: "sqlite://a.db", error: .host),
        Refusal(url: "sqlite://localhost/a.db", error: .host),
        Refusal(url: "sqlite:///a#b.db", error: .fragment),
        Refusal(url: "sqlite:///a%.db", error: .path),
        Refusal(url: "sqlite:///a%2", error: .path),
        Refusal(url: "sqlite:///a%00.db", error: .path),
        Refusal(url: "sqlite:///a%ff.db", error: .path),
        Refusal(url: "sqlite:////var/lib/", error: .path),
        Refusal(url: "sqlite:///a.db?mode=ro", error: .unknownParameter("mode")),
        Refusal(url: "sqlite:///a.db?&", error: .unknownParameter("")),
        Refusal(url: "sqlite:///a.db?readers=1&readers=2", error: .repeatedParameter("readers")),
        Refusal(url: "sqlite:///a.db?readers", error: .value(parameter: "readers")),
        Refusal(url: "sqlite:///a.db?readers=0", error: .value(parameter: "readers")),
        Refusal(url: "sqlite:///a.db?readers=65", error: .value(parameter: "readers")),
        Refusal(url: "sqlite:///a.db?busy_timeout_ms=-1", error: .value(parameter: "busy_timeout_ms")),
        Refusal(
            url: "sqlite:///a.db?busy_timeout_ms=99999999999999999999", error: .value(parameter: "busy_timeout_ms")),
    ]

    @Test("refuses a URL that does not name a file, and says why", arguments: refusals)
    func refusing(_ refusal: Refusal) {
        #expect(throws: refusal.error) { try SQLiteConfiguration(url: refusal.url) }
    }

    @Test("points from a database in memory to the store in memory")
    func memorySentence() {
        #expect(SQLiteURLError.memory.description.contains("memory: instead"))
    }
}
