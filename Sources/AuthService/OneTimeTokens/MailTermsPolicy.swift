// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// The budgets of mails, as the settings have them.
struct MailTermsPolicy: Sendable {
    let core: ServiceCore
    private let count = MailDayCount()

    init(core: ServiceCore) {
        self.core = core
    }

    /// The terms of a mail that a client of a standing has asked for.
    func terms(for standing: MailStanding, at now: Timestamp) async throws(AuthError) -> MailTerms {
        guard let rule = core.settings.mailBudget else { return MailTerms(standing, rule: nil) }
        let again = try await admits(standing, isFirstOfDay: false, at: now)
        let first = try await admits(standing, isFirstOfDay: true, at: now)
        return MailTerms(standing, rule: rule, admitsAgain: again, admitsFirst: first)
    }

    /// Whether the installation's budget has room for a mail, as `MailDayLimit` says.
    func admits(
        _ standing: MailStanding, isFirstOfDay: Bool, at now: Timestamp
    ) async throws(AuthError) -> Bool {
        guard core.settings.mailBudget != nil, let limit = core.settings.mailDayLimit else { return true }
        let sent = try await count.sent(limit: limit.mails, in: core, at: now)
        return limit.admits(after: sent, standing: standing, isFirstOfDay: isFirstOfDay)
    }

    /// Takes in that a mail was written that counts for the installation's budget.
    func noteMail() {
        count.add()
    }
}
