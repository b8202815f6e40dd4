// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthService
import AuthStore
import AuthStorePostgres
import AuthStoreSQL
import AuthTestSupport
import AuthTesting
import Testing

/// A writer of the database who does not know the root key.
@Suite("Forging the audit log on PostgreSQL", .timeLimit(.minutes(10))) struct PostgresAuditForgeryTests {
    @Test(
        "is told apart by verifying; the service seals no more, says why, and goes on once it is accepted",
        arguments: AuditForgery.all)
    func forgery(_ forgery: AuditForgery) async throws {
        try await TemporaryPostgres.withDriver { driver in
            try await Self.prove(forgery, in: driver)
        }
    }

    private static func prove(_ forgery: AuditForgery, in driver: PostgresDriver) async throws {
        try await SchemaMigrator(driver).up(at: Timestamp(seconds: 1))
        let store = SQLAuthStore(driver)
        let (old, new) = (RootKey(random: SeededRandom(seed: 1)), RootKey(random: SeededRandom(seed: 2)))
        let before = try await TestAuthority(store: store) { $0.rootKeys = RootKeys(current: old) }
        try await record(6, in: store)
        #expect(try await before.service.audit.seal() == 6)
        let authority = try await TestAuthority(store: store, seed: 2) {
            $0.rootKeys = RootKeys(current: new, previous: [old])
        }
        try await record(6, in: store)
        #expect(try await authority.service.audit.seal() == 6)
        #expect(try await authority.service.audit.verify().fault == nil)

        try await forgery.commit(in: driver)

        #expect(try await authority.service.audit.verify().fault == forgery.verified)
        try await record(1, in: store)
        guard let reason = forgery.sealing else {
            #expect(try await authority.service.audit.seal() == 1)
            #expect(try await authority.service.audit.verify().fault == forgery.verified)
            return
        }
        #expect(try await authority.service.audit.seal() == 0)
        #expect(refusals(of: authority) == [reason])
        #expect(try await authority.service.audit.verify().fault == forgery.verified)

        try await driver.perform(SQLOperation(.write, .commit(forgery.repair, ())))
        if let restore = try await authority.service.audit.pendingRestore() {
            #expect(try await authority.service.audit.accept(restore, by: "Ada") != nil)
        } else {
            #expect(try await authority.service.audit.verify().fault == nil)
        }
        #expect(try await authority.service.audit.seal() > 0)
        #expect(authority.service.audit.health.isSealing)
        #expect(try await authority.service.audit.pendingRestore() == nil)
    }

    private static func record(_ count: Int, in store: SQLAuthStore<PostgresDriver>) async throws {
        let context = OperationContext(
            now: Timestamp(seconds: 1_800_000_000), source: "192.0.2.1", userAgent: "probe", requestID: "r")
        try await store.record((0..<count).map { _ in AuditEvent(.mailFailed, in: context) })
    }

    private static func refusals(of authority: TestAuthority) -> [AuditFault] {
        authority.events.all.compactMap {
            if case .auditSealingRefused(let refusal) = $0 { refusal.fault } else { nil }
        }
    }
}
