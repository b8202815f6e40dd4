// SPDX-License-Identifier: Apache-2.0

import AuthCrypto
import AuthService
import AuthStore
import Logging

/// Tells the log what an operator should see: constant messages, details as metadata, never a secret or an address.
struct ServiceEventLog: Sendable {
    private let logger: Logger

    init(_ logger: Logger) {
        self.logger = logger
    }

    /// Logs one event.
    func record(_ event: ServiceEvent) {
        switch event {
        case .storeFailed(let error):
            logger.error("the database failed", metadata: Self.metadata(error))
        case .hashingFailed(let error):
            logger.error("a password could not be hashed", metadata: ["error": "\(error)"])
        case .unreadablePasswordHash(let user):
            logger.error("a stored password hash cannot be used", metadata: ["user_id": "\(user)"])
        case .mailFailed(let error, let isFinal):
            logger.log(level: isFinal ? .error : .warning, "mail was not sent", metadata: Self.metadata(error, isFinal))
        case .signingKeyFailed(let reason):
            logger.error("a signing key cannot be used", metadata: ["reason": "\(reason)"])
        case .feedInterrupted(let error):
            logger.warning("revocations cannot be followed", metadata: Self.metadata(error))
        case .refreshReused(let user, let session):
            logger.warning(
                "a refresh token was used again and its session ended",
                metadata: ["user_id": "\(user)", "session_id": "\(session)"])
        case .auditCheckpoint(let checkpoint):
            // Above `info`, so that a quieter log still has it: the line is evidence.
            logger.notice("\(CheckpointLine.message)", metadata: CheckpointLine.metadata(checkpoint))
        case .clockSet(let step):
            logger.warning(
                "the system clock was set; nothing expired is deleted for ten minutes",
                metadata: ["ahead_seconds": "\(step.components.seconds)"])
        case .clockDoubtful(let gap):
            logger.warning(
                "the system clock differs from the newest event in the database; nothing expired is deleted for a day",
                metadata: ["ahead_seconds": "\(gap.components.seconds)"])
        case .tokenFromFuture:
            logger.warning(
                "an access token of this issuer is from the future; the clocks of the machines differ by more than the leeway"
            )
        }
    }

    private static func metadata(_ error: StoreError) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["error": "\(error)"]
        if let diagnostic = error.diagnostic { metadata["diagnostic"] = "\(diagnostic)" }
        return metadata
    }

    /// Without the diagnostic of a refusal, which can name the recipient.
    private static func metadata(_ error: MailError, _ isFinal: Bool) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["given_up": "\(isFinal)"]
        switch error {
        case .notConfigured: metadata["error"] = "not configured"
        case .rejected: metadata["error"] = "rejected"
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
