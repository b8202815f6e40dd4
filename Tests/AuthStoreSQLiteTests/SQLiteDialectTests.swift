// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AuthStoreSQLite

@Suite("SQLite dialect")
struct SQLiteDialectTests {
    struct Case: CustomTestStringConvertible {
        let shared: String
        let rendered: String
        var testDescription: String { shared }
    }

    static let cases = [
        Case(shared: "", rendered: ""),
        Case(shared: "SELECT 1", rendered: "SELECT 1"),
        Case(shared: "SELECT a FROM authd.users u JOIN authd.b", rendered: "SELECT a FROM users u JOIN b"),
        Case(shared: "INSERT INTO (authd.users)", rendered: "INSERT INTO (users)"),
        Case(shared: "SELECT xauthd.a, authd_a, authd", rendered: "SELECT xauthd.a, authd_a, authd"),
        Case(shared: "SELECT a WHERE b = $1 FOR UPDATE", rendered: "SELECT a WHERE b = $1 "),
        Case(shared: "SELECT a\nFOR UPDATE\n", rendered: "SELECT a\n\n"),
        Case(shared: "(SELECT a FOR UPDATE SKIP LOCKED) b", rendered: "(SELECT a  ) b"),
        Case(shared: "SKIP LOCKEDS, a_SKIP LOCKED", rendered: "SKIP LOCKEDS, a_SKIP LOCKED"),
        Case(shared: "(SELECT a FOR UPDATE) SELECT", rendered: "(SELECT a ) SELECT"),
        Case(shared: "a_FOR UPDATE, FOR UPDATED, FOR UPDATE_", rendered: "a_FOR UPDATE, FOR UPDATED, FOR UPDATE_"),
        Case(shared: "FOR UPDATE authd.", rendered: " "),
        Case(shared: "ä authd.ö FOR UPDAT", rendered: "ä ö FOR UPDAT"),
    ]

    @Test("removes the schema and the lock, and nothing else", arguments: cases)
    func rendering(_ text: Case) {
        #expect(SQLiteDialect.render(text.shared) == text.rendered)
    }
}
