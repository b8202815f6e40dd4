// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthStoreSQL

/// Why a command exits with another status than 0, in sentences for the operator.
struct CommandFailure: Error, Hashable, Sendable {
    /// What the process exits with.
    enum Status: Int32, Hashable, Sendable {
        /// The command was tried and failed.
        case failed = 1
        /// The command line is invalid (`EX_USAGE`).
        case usage = 64
        /// The configuration is invalid (`EX_CONFIG`).
        case configuration = 78
    }

    let status: Status
    let sentences: [String]

    init(_ status: Status = .failed, _ sentences: String...) {
        self.init(status, sentences)
    }

    init(_ status: Status, _ sentences: [String]) {
        self.status = status
        self.sentences = sentences
    }

    init(_ problems: ConfigurationProblems) {
        status = .configuration
        sentences = ["Invalid configuration:"] + problems.all.map { "  \($0.sentence)" }
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
        case .beforeFirstRelease, .unknownVersion, .changed, .missing, .pending, .noSuchVersion:
            self.init(.failed, error.description)
        @unknown default: self.init(.failed, error.description)
        }
    }

    init(_ error: AuthError) {
        switch error {
        case .invalid(let violations):
            self.init(violations)
        case .identifierTaken(.username): self.init(.failed, "Another user has this username.")
        case .identifierTaken(.email): self.init(.failed, "Another user has this address.")
        case .userNotFound: self.init(.failed, "The user does not exist.")
        case .refused(.oneself):
            self.init(.failed, "You cannot remove your own admin role, or disable or delete yourself.")
        case .refused(.lastActiveAdmin):
            self.init(.failed, "The last active administrator cannot be removed; promote another user first.")
        case .refused(.tooManyPermissions): self.init(.failed, PermissionListFault.tooMany.message)
        case .roleRefused(let refusal): self.init(.failed, Self.sentence(refusal))
        case .tooManyAttempts(let delay):
            self.init(.failed, "Too soon: try again in \(delay.components.seconds + 1) seconds.")
        case .invitationRefused(let refusal): self.init(.failed, Self.sentence(refusal))
        case .tooManyKeys:
            self.init(
                .failed,
                "Two secret keys of this form are live: `authd supabase keys list` shows them, and `authd supabase keys revoke` "
                    + "ends one.")
        case .mailUnavailable: self.init(.failed, "Mail cannot be sent: SMTP_HOST is not set.")
        case .unavailable: self.init(.failed, "The database is unavailable.")
        case .invalidCredentials, .emailNotVerified, .tokenMissing, .badToken, .tokenRevoked, .badRefreshToken,
            .sessionNotFound, .sessionExpired, .sessionEnded, .refreshReused, .userDisabled, .denied,
            .scopeNotGranted, .sessionLimitReached, .passwordChangeRequired, .reauthenticationRequired,
            .reauthenticationUnavailable, .passwordAlreadySet, .wrongCurrentPassword, .invalidOneTimeToken, .wrongCode,
            .mailSignInDisabled, .registrationClosed, .unknownProvider, .providerFlowInvalid, .providerRefused,
            .identityNotFound, .lastWayIn, .tooManyIdentities, .overloaded, .internalFailure, .cancelled:
            self.init(.failed, "Command failed: \(error.reason).")
        @unknown default: self.init(.failed, "Command failed: \(error.reason).")
        }
    }

    private static func sentence(_ refusal: RoleChangeRefusal) -> String {
        switch refusal {
        case .notFound: "The role does not exist."
        case .builtIn: "The role admin cannot be changed, and user and guest cannot be removed."
        case .fromFile: "The role is defined in ROLES_FILE: change it there."
        case .held: "Users hold the role: give them another one first; `authd user list --role` lists them."
        case .reserved: "No role can have this name, which PostgreSQL and Supabase's API use; choose another one."
        case .tooMany: "At most \(RoleRules.maximumCount) roles can be defined."
        }
    }

    private static func sentence(_ refusal: InvitationRefusal) -> String {
        switch refusal {
        case .notFound: "There is no such invitation."
        case .over: "The invitation was accepted or revoked."
        case .alreadyInvited:
            "An invitation of this address is open: `authd invitation resend` sends it again, `authd invitation revoke` ends it."
        case .alreadyGranted:
            "The user has all that the role grants; `authd user set-role` gives another role."
        case .userDisabled: "The user is disabled; `authd user enable` enables the user."
        case .roleTooHigh: "The role grants what the inviter lacks."
        }
    }

    private init(_ violations: [FieldViolation]) {
        status = .failed
        sentences = violations.map { "Invalid \($0.field): \($0.message)" }
    }
}
