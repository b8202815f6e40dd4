// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import AuthTestSupport
import AuthTesting
import Synchronization
import Testing

@testable import AuthService

@Suite("Keeping the head of the audit log outside the store") struct AuditHeadKeepingTests {
    private let store = InterruptedStore()
    private let clock = ManualClock()
    private let keeper = HeadKeeper()

    private func authority() async throws -> TestAuthority {
        try await TestAuthority(store: store, clock: clock) { $0.auditHeads = keeper }
    }

    private func record(_ count: Int) async throws {
        let context = OperationContext(now: clock.now, source: nil, userAgent: nil, requestID: nil)
        try await store.base.record((0..<count).map { _ in AuditEvent(.mailFailed, in: context) })
    }

    @Test("a head that another service signed is kept, although sealing fails after it was followed")
    func failure() async throws {
        let authority = try await authority()
        let other = try await TestAuthority(store: store.base, clock: clock)
        try await record(3)
        try await other.service.audit.seal()
        let followed = try #require(try await store.base.auditState().head)
        try await record(1)
        store.interruptSealing()

        await #expect(throws: AuthError.self) { try await authority.service.audit.seal() }

        #expect(keeper.kept?.head == followed)
    }

    @Test("while the kept head cannot be read, nothing is sealed, and the service says so until it can")
    func unreadable() async throws {
        let authority = try await authority()
        let error = AuditHeadKeepingError("The disk is gone.")
        try await record(2)
        keeper.fail(with: error)

        #expect(try await authority.service.audit.seal() == 0)
        #expect(try await authority.service.audit.seal() == 0)

        #expect(authority.service.audit.health == AuditHealth(isSealing: false, refusals: 2))
        #expect(await authority.service.audit.unreadableHead() == error)
        keeper.fail(with: nil)
        #expect(try await authority.service.audit.seal() >= 2)
        #expect(authority.service.audit.health == AuditHealth(isSealing: true, refusals: 2))
        #expect(await authority.service.audit.unreadableHead() == nil)
        #expect(try await keeper.kept?.head == store.base.auditState().head)
    }
}

/// A store whose audit log can be read and, after a while, not sealed.
private final class InterruptedStore: ForwardingAuthStore {
    let base = InMemoryAuthStore(isShared: true)
    private let isInterrupted = Mutex(false)

    func interruptSealing() {
        isInterrupted.withLock { $0 = true }
    }

    func sealAudit(
        after head: AuditHead, limit: Int, _ seal: @escaping @Sendable ([StoredAuditEvent]) -> [AuditSeal]
    ) async throws(StoreError) -> AuditSealing {
        guard !isInterrupted.withLock({ $0 }) else { throw .conflict }
        return try await base.sealAudit(after: head, limit: limit, seal)
    }
}
