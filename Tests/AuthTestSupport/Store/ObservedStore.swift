// SPDX-License-Identifier: Apache-2.0

package import AuthCore
package import AuthStore
internal import Synchronization

/// A store in memory in which a test does something right before or after an operation, while its caller waits.
package final class ObservedStore: ForwardingAuthStore {
    /// The operations before and after which something can be done.
    package enum Operation: Hashable, Sendable {
        case user
        case issueToken
        case updateSigningKeys
        case endSessions
        case changes
        case changeSnapshot
        case roles
        case auditState
    }

    /// What a test does; the operation fails where it throws.
    package typealias Hook = @Sendable () async throws(StoreError) -> Void

    private struct Hooks {
        var before: [Operation: Hook] = [:]
        var after: [Operation: Hook] = [:]
        var beforeEvery: [Operation: Hook] = [:]
    }

    package let base = InMemoryAuthStore()
    private let hooks = Mutex(Hooks())
    let recorded = Mutex<[String]>([])
    private let time = Mutex<Timestamp?>(nil)

    /// Makes an empty store that does what the one in memory does.
    package init() {}

    /// Does something once, before the next operation of a kind.
    package func beforeNext(_ operation: Operation, _ hook: @escaping Hook) {
        hooks.withLock { $0.before[operation] = hook }
    }

    /// Does something once, after the next operation of a kind has succeeded and before its caller goes on.
    package func afterNext(_ operation: Operation, _ hook: @escaping Hook) {
        hooks.withLock { $0.after[operation] = hook }
    }

    /// Does something before every further operation of a kind.
    package func beforeEvery(_ operation: Operation, _ hook: @escaping Hook) {
        hooks.withLock { $0.beforeEvery[operation] = hook }
    }

    /// Gives the store a clock of its own, which stands still.
    package func setClock(_ time: Timestamp?) {
        self.time.withLock { $0 = time }
    }

    func before(_ operation: Operation) async throws(StoreError) {
        let hook = hooks.withLock { $0.before.removeValue(forKey: operation) ?? $0.beforeEvery[operation] }
        if let hook { try await hook() }
    }

    func after(_ operation: Operation) async throws(StoreError) {
        if let hook = hooks.withLock({ $0.after.removeValue(forKey: operation) }) { try await hook() }
    }

    package func storeTime() async throws(StoreError) -> Timestamp? { time.withLock { $0 } }

    package func user(withID id: UserID) async throws(StoreError) -> User? {
        recorded.withLock { $0.append("user") }
        try await before(.user)
        let user = try await base.user(withID: id)
        try await after(.user)
        return user
    }

    package func updateSigningKeys(
        context: OperationContext, _ decide: @escaping @Sendable ([StoredSigningKey]) -> SigningKeyUpdate
    ) async throws(StoreError) -> Committed<[StoredSigningKey]> {
        try await before(.updateSigningKeys)
        let keys = try await base.updateSigningKeys(context: context, decide)
        try await after(.updateSigningKeys)
        return keys
    }

    package func endSessions(
        of userID: UserID, except kept: SessionID?, reason: SessionEnd, context: OperationContext
    ) async throws(StoreError) -> Committed<SessionsEnded> {
        try await before(.endSessions)
        let ended = try await base.endSessions(of: userID, except: kept, reason: reason, context: context)
        try await after(.endSessions)
        return ended
    }

    package func changeSnapshot(since: Timestamp) async throws(StoreError) -> ChangeSnapshot {
        try await before(.changeSnapshot)
        let snapshot = try await base.changeSnapshot(since: since)
        try await after(.changeSnapshot)
        return snapshot
    }

    package func changes(after place: FeedPlace, limit: Int) async throws(StoreError) -> FeedContinuation {
        try await before(.changes)
        let changes = try await base.changes(after: place, limit: limit)
        try await after(.changes)
        return changes
    }

    package func roles() async throws(StoreError) -> [StoredRole] {
        try await before(.roles)
        let roles = try await base.roles()
        try await after(.roles)
        return roles
    }

    package func auditState() async throws(StoreError) -> AuditState {
        try await before(.auditState)
        let state = try await base.auditState()
        try await after(.auditState)
        return state
    }
}
