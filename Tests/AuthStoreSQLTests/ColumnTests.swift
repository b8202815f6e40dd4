// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import Testing

@testable import AuthStoreSQL

@Suite("Columns") struct ColumnTests {
    private let samples = Statements.Samples()

    @Test("lists, values and counts go together")
    func counts() throws {
        #expect(UserColumns.values(samples.user).count == UserColumns.list.count)
        #expect(UserColumns.keyValues(samples.user).count == UserColumns.keys.count)
        #expect(
            SessionColumns.values(samples.session).count == (SessionColumns.list + SessionColumns.limits).count)
        #expect(SessionColumns.changedValues(samples.session).count == SessionColumns.changed.count)
        #expect(OneTimeTokenColumns.values(samples.token).count == OneTimeTokenColumns.list.count)
        #expect(MailedFlowColumns.values(samples.flow).count == MailedFlowColumns.list.count)
        if let change = samples.addressChange {
            #expect(AddressChangeColumns.values(change).count == AddressChangeColumns.list.count)
            #expect(try AddressChangeColumns.change(in: SQLRow(AddressChangeColumns.values(change))) == change)
        }
        #expect(
            MailRequestColumns.values(samples.request, at: samples.now).count == MailRequestColumns.inserted.count)
        #expect(SigningKeyColumns.values(samples.key).count == SigningKeyColumns.list.count)
        #expect(InvitationColumns.values(samples.invitation).count == InvitationColumns.list.count)
        let identity = try samples.identity
        #expect(IdentityColumns.values(identity).count == IdentityColumns.list.count)
        #expect(try IdentityColumns.identity(in: SQLRow(IdentityColumns.values(identity))) == identity)
        for code in try samples.providerCodes {
            #expect(ProviderCodeColumns.values(code).count == ProviderCodeColumns.list.count)
            #expect(try ProviderCodeColumns.code(in: SQLRow(ProviderCodeColumns.values(code))) == code)
        }
        let code = samples.supabaseCode
        #expect(SupabaseCodeColumns.values(code).count == SupabaseCodeColumns.list.count)
        #expect(try SupabaseCodeColumns.code(in: SQLRow(SupabaseCodeColumns.values(code))) == code)
        let confirmation = samples.supabaseConfirmation
        let confirmed = AddressConfirmationColumns.values(confirmation)
        #expect(confirmed.count == AddressConfirmationColumns.list.count)
        #expect(try AddressConfirmationColumns.confirmation(in: SQLRow(confirmed)) == confirmation)
        let key = samples.supabaseKey
        #expect(SupabaseKeyColumns.values(key).count == SupabaseKeyColumns.list.count)
        #expect(try SupabaseKeyColumns.key(in: SQLRow(SupabaseKeyColumns.values(key))) == key)
        let flow = try #require(samples.supabaseMail(.signup, to: "ada@example.test").flow)
        #expect(try MailedFlowColumns.flow(in: SQLRow(MailedFlowColumns.values(flow))) == flow)
        #expect(MailedFlowColumns.values(flow).last == .text("ada@example.test"))
        #expect(MailedFlowColumns.values(flow.unsent).suffix(2) == [.null, .null])
        #expect(RoleColumns.values(samples.role).count == RoleColumns.list.count)
        let changes: [StoreChange.Kind] = [
            .keysChanged, .rolesChanged, .roleNarrowed(.guest, .first), .userChanged(samples.user.id),
            .userDeleted(samples.user.id), .epochRaised(samples.user.id, .first),
            .sessionEnded(samples.session.id, userID: samples.user.id),
        ]
        for change in changes {
            #expect(ChangeColumns.values(change, at: samples.now).count == ChangeColumns.list.count - 1)
        }
    }

    @Test("columns are rendered as lists, qualified lists, places and assignments")
    func rendering() {
        let columns = SQLColumns("id, name") + SQLColumns("age")

        #expect(SQLFragment(columns).text == "id, name, age")
        #expect(columns.qualified(by: "t").text == "t.id, t.name, t.age")
        #expect(columns.insertion.text == "(id, name, age) VALUES ($1, $2, $3)")
        #expect(columns.insertion(afterFirst: "FROM t").text == "(id, name, age) VALUES ((SELECT id FROM t), $1, $2)")
        #expect(columns.dropFirst().assignments(from: 2).text == "name = $2, age = $3")
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
            Damage(testDescription: "permissions that are none", position: 16, value: .text("Notes")),
            Damage(testDescription: "a number for a text", position: 11, value: .int64(1)),
            Damage(testDescription: "an origin that is none", position: 17, value: .text("found")),
            Damage(testDescription: "a language that is none", position: 18, value: .text("deutsch-")),
            Damage(testDescription: "two for a boolean", position: 6, value: .int64(2)),
            Damage(testDescription: "a text for a generation", position: 19, value: .text("1")),
            Damage(testDescription: "nothing for whether credentials are bound", position: 20, value: .null),
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
        "a damaged role is corrupt and not repaired",
        arguments: [
            (0, SQLValue.text("Admin!")), (1, .text("\u{202E}")), (2, .text("Notes")), (3, .text("config")),
            (4, .text("1")),
        ] as [(Int, SQLValue)])
    func damagedRole(_ position: Int, _ value: SQLValue) throws {
        var values = RoleColumns.values(samples.role)
        #expect(try RoleColumns.role(in: SQLRow(values)) == samples.role)
        values[position] = value

        #expect(throws: StoreError.self) { try RoleColumns.role(in: SQLRow(values)) }
    }

    @Test(
        "a damaged identity is corrupt and not repaired",
        arguments: [
            (0, SQLValue.bytes([1])), (2, .text("Corp!")), (4, .text("")), (5, .text("nobody")), (6, .int64(2)),
            (7, .null),
        ] as [(Int, SQLValue)])
    func damagedIdentity(_ position: Int, _ value: SQLValue) throws {
        var values = IdentityColumns.values(try samples.identity)
        values[position] = value

        #expect(throws: StoreError.self) { try IdentityColumns.identity(in: SQLRow(values)) }
    }

    @Test(
        "a damaged code is corrupt and not repaired",
        arguments: [
            (1, SQLValue.text("Corp!")), (4, .text("x")), (5, .text("{}")),
            (5, .text(#"{"issuer":"https://idp.example.test","subject":"ada","email_is_verified":"true"}"#)),
            (6, .text("Notes")), (9, .null),
        ] as [(Int, SQLValue)])
    func damagedCode(_ position: Int, _ value: SQLValue) throws {
        for code in try samples.providerCodes {
            var values = ProviderCodeColumns.values(code)
            values[position] = value

            #expect(throws: StoreError.self) { try ProviderCodeColumns.code(in: SQLRow(values)) }
        }
    }

    @Test(
        "what is damaged of Supabase's API is corrupt and not repaired",
        arguments: [(1, SQLValue.bytes([1])), (4, .text("1")), (5, .int64(2)), (7, .null)] as [(Int, SQLValue)])
    func damagedSupabaseCode(_ position: Int, _ value: SQLValue) {
        var values = SupabaseCodeColumns.values(samples.supabaseCode)
        values[position] = value

        #expect(throws: StoreError.self) { try SupabaseCodeColumns.code(in: SQLRow(values)) }
    }

    @Test("a mail, a confirmation or a key of Supabase's API that is damaged is corrupt")
    func damagedSupabaseRows() throws {
        let flow = try #require(samples.supabaseMail(.signup, to: "ada@example.test").flow)
        var values = MailedFlowColumns.values(flow)
        values[16] = .text("{}")
        #expect(throws: StoreError.self) { try MailedFlowColumns.flow(in: SQLRow(values)) }
        var confirmation = AddressConfirmationColumns.values(samples.supabaseConfirmation)
        confirmation[2] = .text("both")
        #expect(throws: StoreError.self) { try AddressConfirmationColumns.confirmation(in: SQLRow(confirmation)) }
        var key = SupabaseKeyColumns.values(samples.supabaseKey)
        key[1] = .text("plain")
        #expect(throws: StoreError.self) { try SupabaseKeyColumns.key(in: SQLRow(key)) }
    }

    @Test(
        "malformed methods are corrupt",
        arguments: ["", "{}", "[1]", "[[]]", #"[["pwd"]]"#, #"[["pwd","1"]]"#, #"[["pwd",1.5]]"#, #"[["pwd",1]"#])
    func damagedMethods(_ text: String) {
        #expect(SessionColumns.methods(from: text) == nil)
    }

    @Test(
        "a damaged flow or request is corrupt and not repaired",
        arguments: [(1, SQLValue.text("sign_out")), (3, .bytes([1])), (7, .text("1"))] as [(Int, SQLValue)])
    func damagedFlow(_ position: Int, _ value: SQLValue) throws {
        var values = MailedFlowColumns.values(samples.flow)
        #expect(try MailedFlowColumns.flow(in: SQLRow(values)) == samples.flow)
        values[position] = value

        #expect(throws: StoreError.self) { try MailedFlowColumns.flow(in: SQLRow(values)) }
        var request = MailRequestColumns.values(samples.request, at: samples.now) + [.int64(3)]
        #expect(try MailRequestColumns.request(in: SQLRow(request)).row.request == samples.request)
        request[position == 1 ? 0 : position == 7 ? 5 : position] = value
        #expect(throws: StoreError.self) { try MailRequestColumns.request(in: SQLRow(request)) }
    }

    @Test("a row that is too short is corrupt")
    func shortRow() {
        #expect(throws: StoreError.self) { try SessionColumns.session(in: SQLRow([])) }
        #expect(throws: StoreError.self) {
            try ChangeColumns.change(in: SQLRow([.int64(1), .int64(1), .text("new_kind")]))
        }
    }
}
