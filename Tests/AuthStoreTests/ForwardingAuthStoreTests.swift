// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import AuthTesting
import Synchronization
import Testing

@Suite("Forwarding store") struct ForwardingAuthStoreTests {
    @Test("a decorator of five lines passes every check of the contract", arguments: StoreConformance.allChecks)
    func conforms(_ check: StoreCheck) async throws {
        try await check.run(CountingStore(base: InMemoryAuthStore()))
    }

    @Test("a decorator sees the operations that it names, and hands on the others, those with a default too")
    func counting() async throws {
        let store = CountingStore(base: PendingStore(base: InMemoryAuthStore(isShared: true)))

        _ = try await store.user(withID: .sample(1))
        _ = try await store.user(withID: .sample(2))

        #expect(store.reads.load(ordering: .relaxed) == 2)
        #expect(try await store.userCount() == 0 && store.isShared)
        #expect(try await store.schemaFault() == .pending(3))
    }

    @Test("sample identifiers are equal for equal numbers alone, and in their order")
    func samples() {
        #expect(UserID.sample(1) == .sample(1) && UserID.sample(1) < .sample(2))
        #expect(SessionID(parsing: SessionID.sample(7).description) == .sample(7))
    }
}

private final class CountingStore<Base: AuthStore>: ForwardingAuthStore {
    let base: Base
    let reads = Atomic<Int>(0)

    init(base: Base) { self.base = base }

    func user(withID id: UserID) async throws(StoreError) -> User? {
        reads.add(1, ordering: .relaxed)
        return try await base.user(withID: id)
    }
}

private struct PendingStore<Base: AuthStore>: ForwardingAuthStore {
    let base: Base

    func schemaFault() async throws(StoreError) -> SchemaFault? { .pending(3) }
}
