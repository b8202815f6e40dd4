// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthCrypto
public import AuthStore

/// An event for the operator, which no caller may see.
public enum ServiceEvent: Sendable {
    /// The store failed; its diagnostic is for the log.
    case storeFailed(StoreError)
    /// Hashing failed beyond being overloaded.
    case hashingFailed(HashingError)
    /// A stored password hash cannot be read or costs more than is allowed.
    case unreadablePasswordHash(UserID)
    /// A mail could not be sent; `isFinal` if it will not be retried.
    case mailFailed(MailError, isFinal: Bool)
    /// An event was not delivered to a subscription; `isFinal` if it will not be retried.
    case eventFailed(subscription: String, AuthEvent.Kind, isFinal: Bool)
    /// This version cannot deliver a row of the outbox, with this number; `isFinal` if it was given up.
    case outboxRowUnreadable(Int64, isFinal: Bool)
    /// A request for a mail was given up.
    case mailDropped(MailKind, MailLoss, UserID?)
    /// A signing key could not be opened, made or used.
    case signingKeyFailed(reason: String)
    /// The feed could not be read; tokens are rejected if that lasts.
    case feedInterrupted(StoreError)
    /// The feed no longer has the entry that this process had read last: the database was restored, or a fail-over lost
    /// commits. Tokens are rejected until the process has caught up, which it tries at once and then at every read.
    case feedHistoryChanged(FeedPlace)
    /// So many registrations were removed whose address was never verified.
    case abandonedRegistrationsRemoved(Int)
    /// A superseded refresh token was presented again: it may have been stolen.
    case refreshReused(UserID, SessionID)
    /// The audit log was signed up to here: kept apart from the database, it reveals a truncated or restored log.
    case auditCheckpoint(AuditCheckpoint)
    /// The audit log is not sealed: it does not continue the last signed head.
    case auditSealingRefused(AuditRefusal)
    /// The audit log is sealed again; an accepted restore may have lost events that were known here.
    case auditSealingResumed(AuditLoss?)
    /// Old events were not removed from the audit log: it is not as it was sealed.
    case auditCutRefused(AuditFault)
    /// The last signed head of the audit log could not be read or kept outside the store.
    case auditHeadNotKept(AuditHeadKeepingError)
    /// The system clock was set ahead by this much, or back by a negative time; nothing is deleted for ten minutes.
    case clockSet(ahead: Duration)
    /// At the start the system clock is further ahead of the newest event in the store than a day, or behind it (negative);
    /// nothing is deleted for a day.
    case clockDoubtful(ahead: Duration)
    /// The system clock is ahead of the database's by this much, or behind it by a negative time; nothing is deleted
    /// until they have agreed for ten minutes.
    case clockDiffersFromStore(ahead: Duration)
    /// An access token of this issuer is from the future, beyond the leeway of clocks; reported at most once a minute.
    case tokenFromFuture
    /// An access token names another issuer and is signed with a key of this service: a process on the same store has
    /// another issuer, and each refuses the other's tokens, or the issuer was changed. Reported at most once a minute.
    case tokenOfOtherIssuer
    /// A user's metadata was left out of an access token, because it is longer than tokens of that API carry; reported at
    /// most once a minute.
    case metadataLeftOut(UserID)
}
