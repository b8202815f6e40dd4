// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import Testing

@Suite("Delivery to users whose deletion keeps the row") struct OutboxDeletionTests {
    @Test("what is written to such a user after the deletion is not sent")
    func moot() async throws {
        let authority = try await TestAuthority()
        let ada = try await authority.principal("ada").user
        let context = OperationContext(now: authority.clock.now)
        _ = try await authority.store.perform(.softDelete, on: ada.id, context: context)
        let entry = OutboxEntry(
            .notice, kind: "password_changed", about: ada.id, to: "ada@example.test", in: context)
        #expect(try await authority.store.enqueue(entry, recording: nil, context: context))

        await authority.service.completeDeferredWork()

        #expect(authority.mailer.sent.isEmpty)
        #expect(authority.service.outbox.health[.notice].moot == 1)
    }
}
