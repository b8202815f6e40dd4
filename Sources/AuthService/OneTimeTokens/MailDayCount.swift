// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import Synchronization

/// How many requested mails the installation has sent within 24 hours, as this process knows it.
///
/// The store is asked at most every ``freshness``; in between this process adds its own. So several processes may exceed the
/// limit by what the others send meanwhile.
final class MailDayCount: Sendable {
    /// For how long a count is used.
    static let freshness = Duration.seconds(10)
    private static let period = Duration.seconds(86_400)

    private struct State {
        var readAt: Timestamp?
        var counted: Int64 = 0
        var own: Int64 = 0
    }

    private let state = Mutex(State())

    /// How many were sent, at most about `limit`.
    func sent(limit: Int64, in core: ServiceCore, at now: Timestamp) async throws(AuthError) -> Int64 {
        let known = state.withLock { state -> Int64? in
            guard let readAt = state.readAt, readAt <= now, now - readAt < Self.freshness else { return nil }
            return state.counted + state.own
        }
        if let known { return known }
        let counted = try await core.inStore { store throws(StoreError) in
            try await store.mailCount(since: now - Self.period, limit: limit)
        }
        state.withLock { $0 = State(readAt: now, counted: counted) }
        return counted
    }

    /// Takes in a mail that this process has written.
    func add() {
        state.withLock { $0.own += 1 }
    }
}
