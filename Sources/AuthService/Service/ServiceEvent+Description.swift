// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

extension ServiceEvent: CustomStringConvertible {
    /// One sentence for the operator: what happened, and what follows.
    ///
    /// It names users and sessions by their ids, and no address and no secret.
    public var description: String {
        switch self {
        case .storeFailed(let error): error.sentence
        case .hashingFailed(let error): "Password hashing failed: \(error)."
        case .unreadablePasswordHash(let user):
            "The password hash of the user \(user) cannot be read; signing in by password is rejected."
        case .mailFailed(let error, let isFinal):
            "A mail was not sent: \(Self.words(error))\(isFinal ? "; it is not retried." : ".")"
        case .eventFailed(let subscription, let kind, let isFinal):
            "The event \(kind.rawValue) was not delivered to the subscription \(subscription)"
                + (isFinal ? "; it is not retried." : ".")
        case .outboxRowUnreadable(let number, let isFinal):
            "Row \(number) of the outbox cannot be delivered by this version" + (isFinal ? "; it was given up." : ".")
        case .mailDropped(let kind, let loss, let user):
            "A request for a mail was given up: \(kind.rawValue)\(user.map { " for the user \($0)" } ?? ""), \(loss.rawValue)."
        case .signingKeyFailed(let reason): "A signing key cannot be used: \(reason)."
        case .feedInterrupted(let error):
            "The change feed cannot be read, and access tokens are rejected if that lasts. \(error.sentence)"
        case .feedHistoryChanged(let place):
            "The change feed was replaced: the database was restored or a fail-over lost commits after "
                + "\(place.at.rfc3339). Revocations and keys were loaded again."
        case .abandonedRegistrationsRemoved(let count):
            "Registrations whose address was never verified were removed: \(count)."
        case .refreshReused(let user, let session):
            "A refresh token of the user \(user) was reused; the session \(session) was revoked."
        case .auditCheckpoint(let checkpoint): "The audit log is signed up to event \(checkpoint.head.link.sequence)."
        case .auditSealingRefused(let refusal):
            "The audit log is not sealed: event \(refusal.fault.sequence), \(refusal.fault.reason.rawValue)."
        case .auditSealingResumed: "The audit log is sealed again."
        case .auditCutRefused(let fault):
            "Old audit events were not removed: event \(fault.sequence), \(fault.reason.rawValue)."
        case .auditHeadNotKept(let error): "The head of the audit log was not kept: \(error.sentence)"
        case .clockSet(let step):
            "The system clock was set by \(step.components.seconds) seconds; expired rows are kept for ten minutes."
        case .clockDoubtful(let gap):
            "The system clock is \(gap.components.seconds) seconds ahead of the newest event in the database; expired rows "
                + "are kept for a day."
        case .clockDiffersFromStore(let gap):
            "The system clock is \(gap.components.seconds) seconds ahead of the database's; expired rows are kept until "
                + "they agree."
        case .tokenFromFuture:
            "An access token was issued in the future: the clocks of the hosts differ by more than the leeway."
        case .tokenOfOtherIssuer:
            "An access token names another issuer and is signed with a key of this service: give every process on the store "
                + "the same issuer."
        case .metadataLeftOut(let user):
            "The metadata of the user \(user) is too long for access tokens and was left out."
        }
    }

    /// Whether it asks an operator to look; not so for the checkpoints of a healthy audit log.
    public var needsAttention: Bool {
        switch self {
        case .auditCheckpoint, .abandonedRegistrationsRemoved: false
        case .storeFailed, .hashingFailed, .unreadablePasswordHash, .mailFailed, .eventFailed,
            .outboxRowUnreadable, .mailDropped, .signingKeyFailed,
            .feedInterrupted, .feedHistoryChanged, .refreshReused, .auditSealingRefused, .auditSealingResumed,
            .auditCutRefused, .auditHeadNotKept, .clockSet, .clockDoubtful, .clockDiffersFromStore, .tokenFromFuture,
            .tokenOfOtherIssuer, .metadataLeftOut:
            true
        }
    }

    /// Without the diagnostic of a refusal of the recipient, which can name them.
    private static func words(_ error: MailError) -> String {
        switch error {
        case .notConfigured: "no mailer is configured"
        case .rejected: "the mail server rejected it"
        case .postponed: "the mail server postponed it"
        case .clientRefused(let diagnostic): "the mail server refuses to serve authd (\(diagnostic))"
        case .unconfirmed: "the mail server may have taken it, and did not say so"
        case .unavailable(let diagnostic): "the mail server is unavailable (\(diagnostic))"
        case .overloaded: "too many mails wait"
        case .cancelled: "sending was cancelled"
        }
    }
}

extension StoreError {
    /// What failed, with the words of the database or its driver.
    var sentence: String {
        diagnostic.map { "\(description) (\($0))" } ?? description
    }
}
