// SPDX-License-Identifier: Apache-2.0

package import AuthCore

/// Names a budget of mails: whose address they go to, for what, and for clients of which standing.
package struct MailBudgetKey: Hashable, Sendable {
    /// The user to whom the mails go.
    package let userID: UserID
    /// What the mails are for.
    package let purpose: OneTimeTokenPurpose
    /// Who asks.
    package let standing: MailStanding

    /// Names a budget.
    package init(userID: UserID, purpose: OneTimeTokenPurpose, standing: MailStanding) {
        self.userID = userID
        self.purpose = purpose
        self.standing = standing
    }

    /// The budget that a token is taken from.
    package init(_ token: OneTimeToken, _ terms: MailTerms) {
        self.init(userID: token.userID, purpose: token.purpose, standing: terms.standing)
    }
}
