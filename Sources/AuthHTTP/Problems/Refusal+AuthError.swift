// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
package import AuthService

extension Refusal {
    /// The problem for a failure of the service; failures that would reveal a user's state share one problem.
    ///
    /// The log keeps the service's own code, so that an operator can distinguish them.
    package init(from error: AuthError) {
        switch error {
        case .invalid(let violations): self.init(violations: violations)
        case .invalidCredentials: self.init(.invalidCredentials)
        case .emailNotVerified: self.init(.emailNotVerified)
        case .tokenMissing: self.init(.unauthenticated)
        case .badToken, .tokenRevoked: self.init(.invalidToken)
        case .badRefreshToken, .sessionNotFound, .sessionExpired, .sessionEnded, .userDisabled:
            self.init(.invalidRefreshToken)
        case .refreshReused: self.init(.refreshReused)
        case .denied(let denial): self.init(denied: denial)
        case .scopeNotGranted: self.init(.invalidScope)
        case .sessionLimitReached: self.init(.sessionLimitReached)
        case .passwordChangeRequired: self.init(.passwordChangeRequired)
        case .reauthenticationRequired: self.init(.reauthenticationRequired)
        case .reauthenticationUnavailable(let methods):
            self.init(methods.isEmpty ? .noReauthenticationMethod : .reauthenticationUnavailable)
        case .passwordAlreadySet: self.init(.passwordAlreadySet)
        case .wrongCurrentPassword: self.init(.wrongPassword)
        case .invalidOneTimeToken: self.init(.badToken)
        case .wrongCode(let triesLeft):
            self.init(.wrongCode)
            self.triesLeft = Int64(triesLeft)
        case .mailSignInDisabled: self.init(.notFound)
        case .identifierTaken(.username): self.init(.usernameTaken)
        case .identifierTaken(.email): self.init(.emailTaken)
        case .registrationClosed: self.init(.registrationClosed)
        case .userNotFound: self.init(.notFound)
        case .refused(.oneself): self.init(.ownUser)
        case .refused(.lastActiveAdmin): self.init(.lastAdmin)
        case .refused(.tooManyPermissions):
            self.init(violations: [
                FieldViolation(
                    field: "permissions", code: PermissionListFault.tooMany.code,
                    message: PermissionListFault.tooMany.message)
            ])
        case .roleRefused(let refusal): self.init(ProblemKind(refusal))
        case .invitationRefused(let refusal): self.init(ProblemKind(refusal))
        case .unknownProvider, .identityNotFound: self.init(.notFound)
        case .providerFlowInvalid: self.init(.providerFlowInvalid)
        case .providerRefused(let refusal): self.init(ProblemKind(refusal))
        case .lastWayIn: self.init(.lastWayIn)
        case .tooManyIdentities: self.init(.tooManyIdentities)
        case .mailUnavailable: self.init(.mailUnavailable)
        case .tooManyAttempts(let delay): self.init(.rateLimited, retryAfter: delay)
        case .overloaded(let delay): self.init(.overloaded, retryAfter: delay)
        // A cancelled caller does not read the answer.
        case .unavailable, .cancelled: self.init(.unavailable)
        // No route makes keys of Supabase's API.
        case .internalFailure, .tooManyKeys: self.init(.internalError)
        }
        reason = error.reason
    }

    /// The refusal that a rule about access leads to.
    init(denied denial: AccessDenial) {
        switch denial {
        case .unauthenticated: self.init(.unauthenticated)
        case .roleLacks(let permission, _), .tokenLacks(let permission, _): self.init(missing: permission)
        case .wrongRole: self.init(.insufficientScope)
        case .addressNotVerified: self.init(.emailNotVerified)
        case .notAService: self.init(.invalidToken)
        // The permission of one alternative suffices; roles are not named to a caller.
        case .noneOf(let denials):
            if let missing = denial.missingPermission {
                self.init(missing: missing)
            } else {
                self.init(denials.contains(.addressNotVerified) ? .emailNotVerified : .insufficientScope)
            }
        }
    }
}

/// Runs a use case, and throws its failure as the problem that the client gets.
func mapErrors<Value>(_ work: () async throws(AuthError) -> Value) async throws(Refusal) -> Value {
    do throws(AuthError) {
        return try await work()
    } catch {
        throw Refusal(from: error)
    }
}
