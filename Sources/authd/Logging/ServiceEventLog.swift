// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthService
import AuthStore
import AuthStoreSQLite
import Logging
import Synchronization

/// Tells the log what an operator should see: constant messages, details as metadata, never a secret or an address.
///
/// Faults that come with every request while they last are told once a minute, with how many lines were left out.
final class ServiceEventLog: Sendable {
    private let logger: Logger
    private let now: @Sendable () -> ContinuousClock.Instant
    private let repeated = Mutex(RepeatedLines())

    init(_ logger: Logger, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.logger = logger
        self.now = now
    }

    /// Logs one event.
    func record(_ event: ServiceEvent) {
        switch event {
        case .storeFailed(let error):
            logOnce(.error, "database error", Self.metadata(error))
        case .hashingFailed(let error):
            logOnce(.error, "password hashing failed", ["error": "\(error)"])
        case .unreadablePasswordHash(let user):
            logger.error("unreadable password hash", metadata: ["user_id": "\(user)"])
        case .mailFailed(let error, let isFinal):
            logger.log(level: isFinal ? .error : .warning, "mail not sent", metadata: Self.metadata(error, isFinal))
        case .eventFailed(let subscription, let kind, let isFinal):
            logger.log(
                level: isFinal ? .error : .warning, "event not delivered",
                metadata: [
                    "subscription": "\(subscription)", "kind": "\(kind.rawValue)",
                    "given_up": .stringConvertible(isFinal),
                ])
        case .outboxRowUnreadable(let number, let isFinal):
            logger.log(
                level: isFinal ? .error : .warning, "outbox row not deliverable by this version",
                metadata: ["id": "\(number)", "given_up": .stringConvertible(isFinal)])
        case .mailDropped(let kind, let loss, let user):
            var metadata: Logger.Metadata = ["kind": "\(kind.rawValue)", "reason": "\(loss.rawValue)"]
            if let user { metadata["user_id"] = "\(user)" }
            logger.error("mail dropped", metadata: metadata)
        case .signingKeyFailed(let reason):
            logger.error("unusable signing key", metadata: ["reason": "\(reason)"])
        case .feedInterrupted(let error):
            logOnce(.warning, "revocation feed interrupted", Self.metadata(error))
        case .feedHistoryChanged(let place):
            logOnce(
                .error,
                "change feed replaced: database restored or fail-over lost commits; revocations and keys loaded again",
                ["lost_cursor": "\(place.cursor)", "lost_at": "\(place.at.rfc3339)"])
        case .abandonedRegistrationsRemoved(let count):
            logger.info(
                "registrations removed whose address was never verified", metadata: ["count": .stringConvertible(count)]
            )
        case .refreshReused(let user, let session):
            logger.warning(
                "refresh token reuse detected; session revoked",
                metadata: ["user_id": "\(user)", "session_id": "\(session)"])
        case .auditCheckpoint(let checkpoint):
            // Above `info`, so that a quieter log still has it: the line is evidence.
            logger.notice("\(CheckpointLine.message)", metadata: CheckpointLine.metadata(checkpoint))
        case .auditSealingRefused(let refusal):
            logger.error("audit log not sealed", metadata: Self.metadata(refusal))
        case .auditSealingResumed(let loss):
            var metadata: Logger.Metadata = [:]
            if let events = loss?.events { metadata["lost"] = "\(events.lowerBound)-\(events.upperBound)" }
            if let loss {
                metadata["segment"] = .stringConvertible(loss.segment.number)
                metadata["accepted_by"] = "\(Redaction.printable(loss.segment.author))"
            }
            logger.warning("audit log sealed again", metadata: metadata)
        case .auditCutRefused(let fault):
            logger.error(
                "old audit events not removed",
                metadata: ["event": .stringConvertible(fault.sequence), "reason": "\(fault.reason.rawValue)"])
        case .auditHeadNotKept(let error):
            logOnce(.error, "audit head not kept", ["reason": "\(Redaction.printable(error.sentence))"])
        case .clockSet(let step):
            logger.warning(
                "system clock changed; deletion of expired rows paused for ten minutes",
                metadata: ["ahead_seconds": .stringConvertible(step.components.seconds)])
        case .clockDoubtful(let gap):
            logger.warning(
                "system clock differs from the newest event in the database; deletion of expired rows paused for a day",
                metadata: ["ahead_seconds": .stringConvertible(gap.components.seconds)])
        case .clockDiffersFromStore(let gap):
            logger.warning(
                "system clock differs from the database's; deletion of expired rows paused until they agree",
                metadata: ["ahead_seconds": .stringConvertible(gap.components.seconds)])
        case .tokenFromFuture:
            logger.warning(
                "access token issued in the future; clocks of the hosts differ by more than the leeway"
            )
        case .tokenOfOtherIssuer:
            logOnce(
                .warning,
                "access token of another issuer, signed with a key of this database",
                ["next": "set the same TOKEN_ISSUER or PUBLIC_URL in every process"])
        case .metadataLeftOut(let user):
            logger.warning(
                "metadata left out of an access token; longer than 1 KiB", metadata: ["user_id": "\(user)"])
        }
    }

    /// Logs what a SQLite database has to say about its files.
    func record(_ event: SQLiteEvent) {
        switch event {
        case .fileLost(let loss):
            logger.critical(
                "database file missing or replaced; writes rejected",
                metadata: [
                    "file": "\(Redaction.printable(loss.path))", "replaced": .stringConvertible(loss.isReplaced),
                    "next": "put the same file back, or stop authd, restore the database and start again",
                ])
        case .filesReturned(let path):
            logger.notice(
                "database file restored; writes resumed", metadata: ["file": "\(Redaction.printable(path))"])
        case .damaged(let path, let diagnostic):
            logger.critical(
                "database file damaged",
                metadata: [
                    "file": "\(Redaction.printable(path))", "diagnostic": "\(diagnostic.text)",
                    "next": "stop authd, run `PRAGMA quick_check` with sqlite3, and restore the backup",
                ])
        }
    }

    /// Logs what sqlite3 says by itself.
    func record(_ message: SQLiteLog.Message) {
        let level: Logger.Level
        switch message.severity {
        case .notice: level = .info
        case .warning: level = .warning
        case .error: level = .error
        case nil: return
        }
        logOnce(
            level, "sqlite3 message",
            ["code": .stringConvertible(message.code), "text": "\(Redaction.printable(message.text))"])
    }

    /// Logs a line, unless one about the same fault was logged within the minute.
    private func logOnce(_ level: Logger.Level, _ message: Logger.Message, _ metadata: Logger.Metadata) {
        let words = metadata.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let fault = "\(message) \(words.joined(separator: " "))"
        let now = now()
        guard let omitted = repeated.withLock({ $0.omitted(before: fault, at: now) }) else { return }
        var metadata = metadata
        if omitted > 0 { metadata["repeated"] = .stringConvertible(omitted) }
        logger.log(level: level, message, metadata: metadata)
    }

    /// The expected head as in a checkpoint, so that the line can be given to commands as one.
    private static func metadata(_ refusal: AuditRefusal) -> Logger.Metadata {
        var metadata = refusal.expected.map(CheckpointLine.metadata) ?? [:]
        metadata["event"] = .stringConvertible(refusal.fault.sequence)
        metadata["reason"] = "\(refusal.fault.reason.rawValue)"
        metadata["found"] = refusal.found.map { .stringConvertible($0.link.sequence) } ?? "none"
        metadata["next"] = "authd audit verify, then authd audit accept-restore if the database was restored"
        return metadata
    }

    private static func metadata(_ error: StoreError) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["error": "\(error)"]
        if let diagnostic = error.diagnostic { metadata["diagnostic"] = "\(diagnostic)" }
        return metadata
    }

    /// Without the diagnostic of a refusal of the recipient, which can name them.
    private static func metadata(_ error: MailError, _ isFinal: Bool) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["given_up": .stringConvertible(isFinal)]
        switch error {
        case .notConfigured: metadata["error"] = "not configured"
        case .rejected: metadata["error"] = "rejected"
        case .postponed: metadata["error"] = "postponed"
        case .unconfirmed: metadata["error"] = "unconfirmed"
        case .clientRefused(let diagnostic):
            metadata["error"] = "client refused"
            metadata["diagnostic"] = "\(diagnostic)"
        case .unavailable(let diagnostic):
            metadata["error"] = "unavailable"
            metadata["diagnostic"] = "\(diagnostic)"
        case .overloaded: metadata["error"] = "overloaded"
        case .cancelled: metadata["error"] = "cancelled"
        @unknown default: metadata["error"] = "unknown"
        }
        return metadata
    }
}
