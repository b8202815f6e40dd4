// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthStoreSQL

/// Why a command ends with anything but 0, in sentences for whoever typed it.
struct CommandFailure: Error, Hashable, Sendable {
    /// What the process exits with.
    enum Status: Int32, Hashable, Sendable {
        /// It was tried and did not come about.
        case failed = 1
        /// The command line makes no sense (`EX_USAGE`).
        case usage = 64
        /// The settings cannot be used (`EX_CONFIG`).
        case configuration = 78
    }

    let status: Status
    let sentences: [String]

    init(_ status: Status = .failed, _ sentences: String...) {
        self.status = status
        self.sentences = sentences
    }

    init(_ problems: ConfigurationProblems) {
        status = .configuration
        sentences = ["The configuration cannot be used:"] + problems.all.map { "  \($0.sentence)" }
    }

    init(_ error: StoreError) {
        let words = [error.description, error.diagnostic.map { "(\($0))" }].compactMap(\.self).joined(separator: " ")
        switch error {
        // Starting again changes nothing; the settings or the database's privileges must change.
        case .denied: self.init(.configuration, "DATABASE_URL cannot be used. \(words)")
        case .unavailable, .conflict, .corrupt, .cancelled: self.init(.failed, words)
        }
    }

    init(_ error: MigrationError) {
        switch error {
        case .store(let error): self.init(error)
        case .unknownVersion, .changed, .missing, .pending, .noSuchVersion: self.init(.failed, error.description)
        @unknown default: self.init(.failed, error.description)
        }
    }

    init(_ error: AuthError) {
        switch error {
        case .invalid(let violations):
            self.init(violations)
        case .identifierTaken(.username): self.init(.failed, "Another user has this username.")
        case .identifierTaken(.email): self.init(.failed, "Another user has this address.")
        case .userNotFound: self.init(.failed, "There is no such user.")
        case .refused(.oneself): self.init(.failed, "Nobody takes that from themselves.")
        case .refused(.lastActiveAdmin):
            self.init(.failed, "This is the last active administrator; make another one first.")
        case .mailUnavailable: self.init(.failed, "No mail can be sent: SMTP_HOST is not set.")
        case .unavailable: self.init(.failed, "The database is unavailable.")
        case .invalidCredentials, .emailNotVerified, .tokenMissing, .badToken, .tokenRevoked, .badRefreshToken,
            .sessionNotFound, .sessionExpired, .sessionEnded, .refreshReused, .userDisabled, .denied,
            .sessionLimitReached, .passwordChangeRequired, .reauthenticationRequired, .wrongCurrentPassword,
            .invalidOneTimeToken, .tooManyAttempts, .overloaded, .internalFailure, .cancelled:
            self.init(.failed, "It did not work: \(error.reason).")
        @unknown default: self.init(.failed, "It did not work: \(error.reason).")
        }
    }

    private init(_ violations: [FieldViolation]) {
        status = .failed
        sentences = violations.map { "The \($0.field) is refused: \($0.message)" }
    }
}
