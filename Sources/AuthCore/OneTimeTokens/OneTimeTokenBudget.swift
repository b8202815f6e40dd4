// SPDX-License-Identifier: Apache-2.0

/// How many tokens of one purpose are sent to a user's address, regardless of who requests them.
///
/// An attacker can request mails in a user's name from many sources, so a limit by source does not protect the
/// recipient: this budget belongs to the recipient. A request beyond it gets the usual answer and sends no mail, and
/// never replaces an earlier one: every mailed token stays valid until it expires, so a user whose budget an attacker
/// has used up has working links in the mailbox.
public enum OneTimeTokenBudget {
    /// How many tokens may be issued within ``period``.
    public static let tokensPerPeriod = 3
    /// The stretch of time that ``tokensPerPeriod`` counts in.
    public static let period = Duration.seconds(3_600)
    /// How many tokens may be unexpired at once.
    public static let liveTokens = 5

    /// Decides whether a token may be issued.
    ///
    /// `others` are the stored tokens of the same user and purpose. Those for another address are void and do not
    /// count. Tokens that were redeemed or voided are not stored any more, and do not count either.
    ///
    /// - Returns: `nil` if it may.
    public static func refusal(
        of token: OneTimeToken, beside others: [OneTimeToken], at now: Timestamp
    ) -> OneTimeTokenIssuance.Refusal? {
        let own = others.filter { $0.purpose == token.purpose && $0.address.utf8.elementsEqual(token.address.utf8) }
        if own.count(where: { now < $0.expiresAt }) >= liveTokens { return .tooManyAlive }
        // A clock that was set back leaves tokens of the future: they count, or setting it back would lift the limit.
        if own.count(where: { now < $0.createdAt + period }) >= tokensPerPeriod { return .tooManyRecent }
        return nil
    }

    /// Whether a stored token neither can be redeemed nor counts any more once a token for `address` is made.
    public static func isSpare(_ stored: OneTimeToken, besideTokenFor address: String, at now: Timestamp) -> Bool {
        guard stored.address.utf8.elementsEqual(address.utf8) else { return true }
        return now >= stored.expiresAt && now >= stored.createdAt + period
    }
}

/// The outcome of storing a new one-time token.
public enum OneTimeTokenIssuance: Hashable, Sendable {
    /// Stored; it may be mailed.
    case issued
    /// Nothing was stored, and nothing may be mailed.
    case refused(Refusal)

    /// Why a token is not issued; for the audit, never for the caller.
    public enum Refusal: String, Hashable, Sendable, CaseIterable {
        /// The user does not have the address that the token is for.
        case addressChanged = "address_changed"
        /// The user has the maximum number of unexpired tokens.
        case tooManyAlive = "too_many_alive"
        /// The maximum number of tokens per hour has been issued.
        case tooManyRecent = "too_many_recent"
    }
}
