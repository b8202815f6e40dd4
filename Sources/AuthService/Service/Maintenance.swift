// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Periodic work: keys, memory, expired rows, the mix of hashes, a checkpoint of the audit log.
struct Maintenance: Sendable {
    /// How often it runs.
    static let interval = Duration.seconds(60)

    let core: ServiceCore
    let clocks: ClockChecks
    let keys: KeyService
    let dummies: DummyPasswords
    let audit: AuditService
    let abandoned: AbandonedRegistrations

    /// Works until the task is cancelled.
    func run() async {
        while (try? await Task.sleep(for: Self.interval)) != nil {
            await performRound()
        }
    }

    /// One round.
    ///
    /// While the system clock is not trusted, no row is deleted and no key changes its state by it.
    func performRound() async {
        // A failure was reported where it happened, and is retried in the next round.
        try? await clocks.lookForSteps()
        _ = try? await clocks.compareWithStore()
        let context = core.context(ClientContext())
        let isTrusted = core.isClockTrusted
        try? await keys.update(trustsClock: isTrusted)
        core.directory.forget(olderThan: core.settings.revocationHorizon, at: context.now)
        try? await learnHashMix()
        audit.logCheckpointIfDue()
        guard isTrusted else { return }
        try? await audit.cutExpired()
        _ = try? await abandoned.remove(
            olderThan: core.settings.abandonedRegistrationAge, limit: AbandonedRegistrations.roundLimit, context)
        let horizon = context.now - core.settings.changeRetention
        for _ in 0..<20 {
            let removed = try? await core.inStore { store throws(StoreError) in
                try await store.purge(expiredAt: context.now, endedBefore: horizon, limit: 500)
            }
            guard let removed, removed > 0 else { break }
        }
    }

    /// Takes over the mix of the stored password hashes, from which those of unknown users are drawn.
    func learnHashMix() async throws(AuthError) {
        let shares = try await core.inStore { store throws(StoreError) in try await store.passwordHashMix() }
        dummies.learn(shares)
    }
}
