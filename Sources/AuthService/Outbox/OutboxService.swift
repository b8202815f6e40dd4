// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthStore

/// What is still to be delivered, and what was given up; for an operator.
public struct OutboxService: Sendable {
    let core: ServiceCore
    let dispatcher: OutboxDispatcher
    let keeper: OutboxHealthKeeper

    /// How delivery stands, for metrics.
    public var health: OutboxHealth { keeper.health }

    /// A page of rows, the lowest number first; they hold no secret.
    ///
    /// - Throws: `.unavailable`, `.cancelled`.
    public func list(matching query: OutboxQuery) async throws(AuthError) -> [OutboxRow] {
        try await core.inStore { store throws(StoreError) in try await store.outboxRows(matching: query) }
    }

    /// How many rows there are of each lane and state, read now.
    ///
    /// - Throws: `.unavailable`, `.cancelled`.
    public func depths() async throws(AuthError) -> [OutboxDepth] {
        try await core.inStore { store throws(StoreError) in try await store.outboxDepths() }
    }

    /// Has a row tried again from now on, for up to a day.
    ///
    /// - Returns: Whether there is such a row, and no process is delivering it.
    /// - Throws: `.unavailable`, `.cancelled`.
    public func retry(_ key: OutboxKey, from client: ClientContext) async throws(AuthError) -> Bool {
        let isDone = try await core.inStore { store throws(StoreError) in
            try await store.retryOutboxRow(key, context: core.context(client))
        }
        if isDone { core.outbox.signals.wakeAll() }
        return isDone
    }

    /// Deletes a row, which is audited as not delivered.
    ///
    /// - Returns: Whether there was such a row, and no process was delivering it.
    /// - Throws: `.unavailable`, `.cancelled`.
    public func drop(_ key: OutboxKey, from client: ClientContext) async throws(AuthError) -> Bool {
        try await core.inStore { store throws(StoreError) in
            try await store.dropOutboxRow(key, context: core.context(client))
        }
    }
}
