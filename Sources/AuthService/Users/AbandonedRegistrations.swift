// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore
import Synchronization

/// Removes registrations whose address was never proven, and users whose invitation was never accepted.
final class AbandonedRegistrations: Sendable {
    /// How many are removed in one round of maintenance at most.
    static let roundLimit = 1_000
    /// How many are read at once.
    private static let pageSize = 100

    private let core: ServiceCore
    private let secondFactors: (any SignInFactorChecking)?
    private let removed = Atomic<UInt64>(0)

    init(core: ServiceCore, secondFactors: (any SignInFactorChecking)?) {
        self.core = core
        self.secondFactors = secondFactors
    }

    /// How many this process has removed.
    var removedCount: UInt64 { removed.load(ordering: .relaxed) }

    /// The oldest registrations that are older than `age`, none where it is `nil`, and behind them the oldest users of expired
    /// invitations.
    func list(olderThan age: Duration?, limit: Int, at now: Timestamp) async throws(AuthError) -> [User] {
        let found = try await core.inStore { (store) async throws(StoreError) -> [User] in
            var found: [User] = []
            if let age { found = try await store.abandonedRegistrations(madeBefore: now - age, limit: limit) }
            found += try await store.expiredInvitees(at: now, limit: limit - found.count)
            return found
        }
        var abandoned: [User] = []
        for user in found where try await hasNoFactor(user) { abandoned.append(user) }
        return abandoned
    }

    /// Removes those that are older than `age`, each in a transaction of its own, and at most `limit`.
    ///
    /// - Returns: How many were removed.
    func remove(olderThan age: Duration?, limit: Int, _ context: OperationContext) async throws(AuthError) -> Int {
        var count = 0
        while count < limit {
            let page = try await list(
                olderThan: age, limit: min(Self.pageSize, limit - count), at: context.now)
            var isProgress = false
            for user in page {
                let isRemoved = try await core.commit(at: context.now) {
                    (store) async throws(StoreError) -> Committed<Bool> in
                    guard let age, user.origin != .invited else {
                        return try await store.removeExpiredInvitee(user.id, context: context)
                    }
                    return try await store.removeAbandonedRegistration(
                        user.id, madeBefore: context.now - age, context: context)
                }
                guard isRemoved else { continue }
                isProgress = true
                count += 1
                removed.wrappingAdd(1, ordering: .relaxed)
            }
            // Those that stay, such as users of a second factor, are found again.
            guard isProgress else { break }
        }
        if count > 0 { core.observe(.abandonedRegistrationsRemoved(count)) }
        return count
    }

    private func hasNoFactor(_ user: User) async throws(AuthError) -> Bool {
        guard let secondFactors else { return true }
        return try await secondFactors.factors(of: user.id).isEmpty
    }
}

extension UserService {
    /// The oldest registrations whose address was never verified and whose user never signed in, of those that are older
    /// than `age`, and behind them the users whose invitation has expired without being accepted: what
    /// ``removeAbandonedRegistrations(olderThan:limit:by:from:)`` would remove.
    ///
    /// Users whom an administrator made, promoted, disabled or banned are not among them.
    ///
    /// - Throws: `.unavailable`, `.internalFailure`, `.cancelled`.
    public func abandonedRegistrations(olderThan age: Duration, limit: Int) async throws(AuthError) -> [User] {
        try await abandoned.list(olderThan: age, limit: limit, at: core.clock.now)
    }

    /// Removes registrations whose address was never verified and whose user never signed in, and frees their usernames and
    /// addresses; ``AuthService/run()`` does so by itself, as ``AuthSettings/abandonedRegistrationAge`` says.
    ///
    /// Users whose invitation has expired without being accepted are removed with them, whatever their age.
    ///
    /// - Returns: How many were removed.
    /// - Throws: `.unavailable`, `.internalFailure`, `.cancelled`; those that were removed by then stay removed.
    public func removeAbandonedRegistrations(
        olderThan age: Duration, limit: Int, by administrator: Administrator, from client: ClientContext
    ) async throws(AuthError) -> Int {
        try await abandoned.remove(
            olderThan: age, limit: limit, core.context(client, actor: administrator.id))
    }

    /// How many such registrations this process has removed since it started.
    public var removedRegistrationCount: UInt64 { abandoned.removedCount }
}
