// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthStore

/// The budgets of one attempt as they were when its password had been checked.
struct HeldBudgets: Sendable {
    let keys: [SignInBudgetKey]
    let found: [SignInBudgetKey: SignInBudget]
    let decision: SignInThrottle.Decision

    /// Whether the attempt is rejected whatever its password.
    var isThrottled: Bool { decision != .admit }
}

/// Counts password checks that failed, and slows down further ones, as `SignInThrottle` says.
struct PasswordAttempts: Sendable {
    let core: ServiceCore
    let hashes: PasswordHashes
    let limits: SignInLimits
    let sprayDetector: SprayDetector

    /// Looks up the budgets that an attempt counts against.
    ///
    /// Called after the password was checked: of concurrent attempts, those that end after a budget was used up are
    /// throttled by it, and the work is the same for all of them.
    func heldBudgets(
        _ keys: [SignInBudgetKey], deciding: [SignInBudgetKey]? = nil, at now: Timestamp
    ) async throws(AuthError) -> HeldBudgets {
        guard core.settings.limitsPasswordAttempts else { return HeldBudgets(keys: [], found: [:], decision: .admit) }
        let found = try await core.inStore { store throws(StoreError) in try await store.signInBudgets(keys) }
        var budgets: [SignInBudget.Kind: SignInBudget] = [:]
        for key in deciding ?? keys { budgets[key.kind] = found[key] }
        return HeldBudgets(keys: keys, found: found, decision: SignInThrottle.decide(budgets, at: now))
    }

    /// Looks up the budgets that a sign-in counts against.
    ///
    /// `device` is the user's known device that it comes from, if it does.
    func heldBudgets(
        of subject: SignInLimits.Subject, device: DeviceTokens.DeviceID?, from client: ClientContext, at now: Timestamp
    ) async throws(AuthError) -> HeldBudgets {
        try await heldBudgets(limits.keys(for: subject, device: device, sourceGroup: client.sourceGroup), at: now)
    }

    /// Records a rejection, within the share of its source, and counts it, unless the attempt was throttled, which
    /// reveals nothing to the client, or the password was right and the user is told so.
    func recordFailure(
        _ action: AuditAction, _ refusal: SignInRefusal, target: UserID? = nil, against budgets: HeldBudgets,
        in context: OperationContext
    ) async throws(AuthError) {
        let reason = budgets.isThrottled ? SignInRefusal.throttled : refusal
        let event = AuditEvent(action, refusal: reason.rawValue, target: target, in: context)
        // By the source alone: whether a row is written must not reveal whether the user exists.
        let written = core.refusals.note(event, from: context) ? event : nil
        let counts = !budgets.isThrottled && refusal != .emailNotVerified
        try await core.inStore { store throws(StoreError) in
            try await store.noteSignInFailure(written, against: budgets.keys, counts: counts, at: context.now)
        }
    }

    /// Detects a source that tries many users, and records that once per window.
    ///
    /// The answer to the client is the same; a record that fails is reported and delays no client.
    func watchForSpraying(
        _ subject: SignInLimits.Subject, from client: ClientContext, in context: OperationContext
    ) async {
        guard core.settings.limitsPasswordAttempts, let sourceGroup = client.sourceGroup,
            let pattern = sprayDetector.failed(subject, from: sourceGroup, at: core.bootClock.sinceBoot)
        else { return }
        switch pattern {
        case .spraying: try? await core.record(.passwordSprayingNoticed, in: context)
        case .stuffing: try? await core.record(.credentialStuffingNoticed, in: context)
        }
    }

    /// Resets the failures of a device or source after a success.
    ///
    /// Nothing is written if nothing had failed.
    ///
    /// The session is open already: if this fails, the failures are forgotten within the hour.
    func forgiveFailures(_ budgets: HeldBudgets, at now: Timestamp) async {
        for (key, budget) in budgets.found where SignInThrottle.afterSuccess(budget, of: key.kind, at: now) != nil {
            _ = try? await core.inStore { store throws(StoreError) in try await store.clearSignInBudget(key) }
        }
    }

    /// Resets the failures of a client's source as a user who has set a password with a proof of the mailbox.
    ///
    /// Those of other sources, and of all together, stay: a reset gives an attacker elsewhere no further guess. The password is
    /// set already: if this fails, the failures are forgotten within the hour.
    func forgiveSource(of client: ClientContext, as id: UserID, at now: Timestamp) async {
        let keys = limits.keys(for: .user(id), device: nil, sourceGroup: client.sourceGroup)
            .filter { $0.kind == .source }
        guard !keys.isEmpty, let budgets = try? await heldBudgets(keys, at: now) else { return }
        await forgiveFailures(budgets, at: now)
    }

    /// Counts a username that a user requests, before it is looked up.
    ///
    /// Of concurrent requests, those that cannot know their place in the count are rejected.
    /// - Throws: `.tooManyAttempts`, `.unavailable`, `.cancelled`.
    func countUsernameRequest(of id: UserID, in context: OperationContext) async throws(AuthError) {
        let key = limits.key(forUsernameRequestsOf: id)
        let before = try await heldBudgets([key], at: context.now)
        let isThrottled = before.isThrottled
        let event = AuditEvent(
            .usernameRequested, refusal: isThrottled ? SignInRefusal.throttled.rawValue : nil, target: id, in: context)
        try await core.inStore { store throws(StoreError) in
            try await store.noteSignInFailure(event, against: before.keys, counts: !isThrottled, at: context.now)
        }
        if case .refuse(let until) = before.decision { throw .tooManyAttempts(retryAfter: until - context.now) }
        guard !before.keys.isEmpty else { return }
        let after = try await heldBudgets([key], at: context.now)
        guard
            SignInThrottle.admitsCounted(
                before: before.found[key] ?? .unused, after: after.found[key] ?? .unused, at: context.now)
        else { throw .tooManyAttempts(retryAfter: .seconds(1)) }
    }

    /// Checks the caller's current password, and counts a wrong one.
    ///
    /// Decided by the budget of the caller's own session, so that a brute-force attack does not keep a signed-in user
    /// from changing the password; a wrong one also counts at the user.
    /// - Throws: `.wrongCurrentPassword`, also for the right one while the session is throttled; `.overloaded`,
    ///   `.unavailable`, `.cancelled`.
    func confirm(
        _ password: Password, against hash: StoredPasswordHash?, of principal: Principal, for action: AuditAction,
        in context: OperationContext
    ) async throws(AuthError) {
        try await confirm(
            password, against: hash, of: principal.user.id, session: principal.sessionID, for: action, in: context)
    }

    /// The same for a session and its user.
    func confirm(
        _ password: Password, against hash: StoredPasswordHash?, of user: UserID, session: SessionID,
        for action: AuditAction, in context: OperationContext
    ) async throws(AuthError) {
        let own = limits.key(forSession: session, of: user)
        let before = try await heldBudgets([own], at: context.now)
        let (match, _) = try await hashes.verify(
            password, against: hash, of: user.description,
            lane: hashes.lane(for: user, isThrottled: before.isThrottled))
        let all = limits.keys(for: .user(user), device: nil, sourceGroup: nil)
        let budgets = try await heldBudgets([own] + all, deciding: [own], at: context.now)
        guard match.isMatch, !budgets.isThrottled else {
            try await recordFailure(
                action, .wrongPassword, target: user, against: budgets, in: context)
            throw .wrongCurrentPassword
        }
        await forgiveFailures(budgets, at: context.now)
    }
}
