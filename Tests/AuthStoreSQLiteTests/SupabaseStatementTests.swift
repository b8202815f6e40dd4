// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import AuthTestSupport
import Testing

@testable import AuthStoreSQL

@Suite("Supabase's API on SQLite") struct SupabaseStatementTests {
    private static let now = Timestamp(seconds: 1_800_000_000)
    private static let id = UserID(UUIDv7(high: 1, low: 1))

    @Test("what is asked for without signing in is found by an index")
    func indexes() async throws {
        let limit = SQLValue.int64(10)
        let purge = SupabaseStatements.purge(at: Self.now, limit)
        let cases: [(Statement, String)] = [
            (SupabaseStatements.codeFlows(of: "ada@example.test", at: Self.now), "mailed_flows_by_address"),
            (SupabaseStatements.flows(of: Self.id), "mailed_flows_by_token"),
            (SupabaseStatements.removeCodes(of: Self.id), "supabase_codes_by_user"),
            (SupabaseStatements.lockCode([1]), "PRIMARY KEY"), (purge[0], "supabase_codes_by_end"),
            (purge[1], "address_confirmations_by_end"), (purge[2], "supabase_budgets_by_end"),
        ]
        try await withDriver { driver, _ in
            try await SchemaMigrator(driver).up(at: Timestamp(microseconds: 0))
            for (statement, index) in cases {
                let plan = Statement(
                    SQL(migration: "EXPLAIN QUERY PLAN " + statement.sql.text), statement.values)
                let steps = try await driver.run(.write, plan).rows.map { try $0.text(3) }
                #expect(steps.contains { $0.contains(index) }, "\(statement.sql.text) \(steps)")
                #expect(!steps.contains { $0.hasPrefix("SCAN") }, "\(statement.sql.text) \(steps)")
            }
        }
    }

    @Test("a wrong code costs the same statements for an address with a mail and for one without a user")
    func wrongCodes() async throws {
        let (known, unknown) = try await withDriver { base, _ in
            try await SchemaMigrator(base).up(at: Timestamp(microseconds: 0))
            let driver = RecordingDriver(base)
            let store = SQLAuthStore(driver)
            let context = OperationContext(now: Self.now)
            let ada = User(id: Self.id, email: try EmailAddress("ada@example.test"), createdAt: Self.now)
            _ = try await store.createUser(ada, passwordHash: nil, action: .userCreated, context: context)
            let token = OneTimeToken(
                digest: [UInt8](repeating: 1, count: 32), purpose: .supabase, userID: ada.id,
                address: "ada@example.test", createdAt: Self.now, expiresAt: Self.now + .seconds(60))
            let flow = MailedFlow(
                id: FlowID([UInt8](repeating: 1, count: 32)), purpose: .supabase, recipient: "ada@example.test",
                token: token.key, shown: nil, codeDigest: [1], codeExpiresAt: token.expiresAt,
                expiresAt: token.expiresAt, mailedAt: Self.now, source: nil, userAgent: nil, createdAt: Self.now,
                supabase: SupabaseMail(.magicLink, address: "ada@example.test", redirectTo: "", challenge: []))
            let order = SupabaseMailOrder(mails: [MailedToken(token, flow: flow, mail: nil)], asking: nil)
            _ = try await store.issueSupabaseMail(order, under: .unlimited, answering: nil, context: context)
            let session = Session(
                id: SessionID(Self.id.uuid), userID: ada.id, scope: .none, authenticatedAt: Self.now, methods: [],
                createdAt: Self.now, notAfter: Self.now + .seconds(60), idleTimeout: .seconds(60),
                rotation: RefreshState(rotatedAt: Self.now))
            let budgets = ([1, 2] as [UInt8]).map { octet in
                SupabaseBudget(key: [UInt8](repeating: octet, count: 32), rule: SupabaseBudget.codesPerAddress)
            }
            let offer = AddressUndoOffer(
                flow: FlowID([9]), token: OutboxToken(digest: [9], content: [9]), codeDigest: [9])
            func typing(for address: String) async throws -> [String] {
                try await driver.statements {
                    let outcome = try await store.redeemSupabase(
                        .code(address: address, digests: [[0]], budgets: budgets), as: .email, showing: nil,
                        opening: .session(session), isSecure: true, undo: { _ in offer }, limit: nil, context: context
                    ).outcome
                    #expect(outcome == .refused(.wrongCode))
                }
            }
            return (try await typing(for: "ada@example.test"), try await typing(for: "bob@example.test"))
        }

        #expect(known == unknown)
        // Two budgets and the flows are read, two budgets written.
        #expect(known.count == 5)
    }
}
