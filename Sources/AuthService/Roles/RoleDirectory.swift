// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import Synchronization

/// What each role grants, as this process knows it: the program's own roles, and over them the stored ones.
///
/// Asking it is one short lock and no query. The stored roles are read again whenever the change feed says that they have
/// changed, and after each change of this process.
final class RoleDirectory: Sendable {
    private struct State {
        var policy: AccessPolicy
        /// The number of the reading that the policy comes from.
        var kept: UInt64 = 0
        /// The number of the last reading that was begun.
        var begun: UInt64 = 0
    }

    /// The roles that the program has itself.
    let base: RoleTable
    private let state: Mutex<State>

    init(base: RoleTable) {
        self.base = base
        state = Mutex(State(policy: AccessPolicy(roles: base)))
    }

    /// The rules as they are now.
    var policy: AccessPolicy { state.withLock { $0.policy } }

    /// Begins to read the stored roles.
    ///
    /// A reading that was begun later knows every change that one begun before must know, so it is never replaced by that one.
    ///
    /// - Returns: The number to keep what was read by.
    func begin() -> UInt64 {
        state.withLock { state in
            state.begun &+= 1
            return state.begun
        }
    }

    /// Takes over the stored roles that were read, unless a reading begun later was there first.
    func keep(_ stored: [StoredRole], readAs number: UInt64) {
        let policy = AccessPolicy(roles: base.overlaid(by: stored))
        state.withLock { state in
            guard number > state.kept else { return }
            state.kept = number
            state.policy = policy
        }
    }
}

extension ServiceCore {
    /// The authorization rules as they are now.
    var policy: AccessPolicy { roles.policy }

    /// Reads the stored roles again.
    func readRoles() async throws(StoreError) {
        let number = roles.begin()
        roles.keep(try await store.roles(), readAs: number)
    }
}
