// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

extension SupabaseService {
    /// Counts a mail that a client asks for, by its address, known or not, so that the answer tells nothing of users.
    ///
    /// Within the interval of a kind nothing more is asked for. Beyond the budget of the hour and the day the request counts all the
    /// same, as it lets the newest link live longer, and the client is told to wait.
    ///
    /// - Returns: How long a client that is beyond the budget must wait, in seconds; `nil` for others.
    /// - Throws: `.mailTooOften` within the interval, `.service`.
    func admitMail(
        _ kind: SupabaseMailKind, to address: EmailAddress, at now: Timestamp
    ) async throws(SupabaseError) -> Int64? {
        try await admitInterval(kind, to: address, at: now)
        guard let rule = core.settings.mailBudget else { return nil }
        let budget = SupabaseBudget(key: secrets.budgetKey("mail", of: address), rule: rule)
        return try await take(budget, at: now).map { Self.wait(until: $0, now) }
    }

    /// Counts a mail of a kind for the interval of an address alone.
    ///
    /// - Throws: `.mailTooOften` within the interval, `.service`.
    func admitInterval(
        _ kind: SupabaseMailKind, to address: EmailAddress, at now: Timestamp
    ) async throws(SupabaseError) {
        let settings = try settings
        guard core.settings.mailBudget != nil, settings.mailInterval > .zero else { return }
        let interval = SupabaseBudget(
            key: secrets.budgetKey("interval \(kind.rawValue)", of: address),
            rule: MailBudget.Rule(
                hourly: TokenBucket.Rule(1, per: settings.mailInterval),
                daily: TokenBucket.Rule(1_440, per: .seconds(86_400))))
        if let next = try await take(interval, at: now) {
            throw .mailTooOften(seconds: Self.wait(until: next, now))
        }
    }

    private func take(_ budget: SupabaseBudget, at now: Timestamp) async throws(SupabaseError) -> Timestamp? {
        try await native(at: .other) { () async throws(AuthError) in
            try await core.inStore { store throws(StoreError) in
                try await store.takeSupabaseBudget(budget, at: now)
            }
        }
    }

    private static func wait(until next: Timestamp, _ now: Timestamp) -> Int64 {
        max(1, (next - now).secondsRoundedUp)
    }
}
