// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import Testing

@testable import AuthStoreSQL

@Suite("Columns") struct ColumnTests {
    private let samples = Statements.Samples()

    @Test("lists, values and counts go together")
    func counts() {
        func names(_ list: StaticString) -> Int { list.description.split(separator: ",").count }

        #expect(names(UserColumns.list) == UserColumns.count)
        #expect(UserColumns.values(samples.user).count == UserColumns.count)
        #expect(names(UserColumns.keys) == UserColumns.keyValues(samples.user).count)
        #expect(names(SessionColumns.list) == SessionColumns.count)
        #expect(SessionColumns.values(samples.session).count == SessionColumns.count + names(SessionColumns.limits))
        #expect(names(OneTimeTokenColumns.list) == OneTimeTokenColumns.values(samples.token).count)
        #expect(names(SigningKeyColumns.list) == SigningKeyColumns.values(samples.key).count)
        #expect(names(ChangeColumns.list) == ChangeColumns.values(.keysChanged, at: samples.now).count + 1)
    }

    struct Damage: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let position: Int
        let value: SQLValue
    }

    @Test(
        "a damaged user is corrupt and not repaired",
        arguments: [
            Damage(testDescription: "an address that is none", position: 2, value: .text("nobody")),
            Damage(testDescription: "a username that is none", position: 1, value: .text("")),
            Damage(testDescription: "a full name that is none", position: 4, value: .text("\u{202E}")),
            Damage(testDescription: "a role that is none", position: 5, value: .text("Admin!")),
            Damage(testDescription: "a number for a text", position: 11, value: .int64(1)),
            Damage(testDescription: "two for a boolean", position: 6, value: .int64(2)),
            Damage(testDescription: "a short identifier", position: 0, value: .bytes([1])),
        ])
    func damagedUser(_ damage: Damage) {
        var values = UserColumns.values(samples.user)
        values[damage.position] = damage.value

        let error = #expect(throws: StoreError.self) { try UserColumns.user(in: SQLRow(values)) }

        guard case .corrupt = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(
        "methods that are not what was written are not read",
        arguments: ["", "{}", "[1]", "[[]]", #"[["pwd"]]"#, #"[["pwd","1"]]"#, #"[["pwd",1.5]]"#, #"[["pwd",1]"#])
    func damagedMethods(_ text: String) {
        #expect(SessionColumns.methods(from: text) == nil)
    }

    @Test("a row that is too short is corrupt")
    func shortRow() {
        #expect(throws: StoreError.self) { try SessionColumns.session(in: SQLRow([])) }
        #expect(throws: StoreError.self) {
            try ChangeColumns.change(in: SQLRow([.int64(1), .int64(1), .text("new_kind")]))
        }
    }
}
