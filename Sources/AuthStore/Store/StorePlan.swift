// SPDX-License-Identifier: Apache-2.0

package import AuthCore

/// What one operation comes to and writes, decided on locked state before anything is written.
///
/// Every store asks the same plans and only carries them out, so that no rule is written twice: a store in memory
/// applies them to its state, one on a database turns them into statements. What a plan writes stands or falls together.
package struct StorePlan<Outcome: Sendable>: Sendable {
    /// What the operation answers.
    package var outcome: Outcome
    /// The user to write over the one with the same id; identifiers are not touched by it.
    package var writtenUser: User?
    /// The user of whom only the last sign-in is to be written: signing in is frequent, and leaves every other index alone.
    package var writtenLogin: User?
    /// Whether the written user's address counts as proven from now on.
    package var provesAddress = false
    /// The user to remove with all that is theirs but the audit.
    package var removedUser: User?
    /// The hash to store for a user in place of any other.
    package var writtenHash: WrittenHash?
    /// The session whose rotation and end are to be written.
    package var writtenSession: Session?
    /// The sessions to end.
    package var endedSessions: EndedSessions?
    /// The one-time tokens to remove.
    package var voidedTokens: VoidedTokens?
    /// The sessions that give way to the opened one or are replaced by it, as ended.
    package var displacedSessions: [Session] = []
    /// The session to open, after others have ended.
    package var openedSession: Session?
    /// The one-time token to store; those of its user and purpose that `OneTimeTokenBudget.isSpare` names give way.
    package var issuedToken: OneTimeToken?
    /// What to append to the change feed.
    package var changes: [StoreChange.Kind] = []
    /// What to append to the audit log.
    package var audit: [AuditEvent] = []

    /// A plan that writes nothing but what is added to it.
    package init(_ outcome: Outcome, audit: AuditEvent? = nil) {
        self.outcome = outcome
        self.audit = audit.map { [$0] } ?? []
    }

    /// Whether the plan appends to the change feed, for which its lock is needed.
    package var feedsOthers: Bool { !changes.isEmpty }
}

/// A password hash and whose it is.
package struct WrittenHash: Hashable, Sendable {
    package let userID: UserID
    package let hash: StoredPasswordHash
}

/// The sessions of a user that have not ended yet, expired ones included, or all of them but one.
///
/// Expired ones count because an access token of theirs may still be good.
package struct EndedSessions: Hashable, Sendable {
    package let userID: UserID
    package let kept: SessionID?
    package let end: Session.Ended

    package init(of userID: UserID, except kept: SessionID? = nil, reason: SessionEnd, at now: Timestamp) {
        self.userID = userID
        self.kept = kept
        end = Session.Ended(at: now, reason: reason)
    }
}

/// The one-time tokens of a user, or only those of one purpose.
package struct VoidedTokens: Hashable, Sendable {
    package let userID: UserID
    package let purpose: OneTimeTokenPurpose?
}
