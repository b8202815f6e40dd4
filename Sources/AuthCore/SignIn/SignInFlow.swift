// SPDX-License-Identifier: Apache-2.0

/// A second factor that a user has set up.
public struct SignInFactor: Hashable, Sendable {
    /// Distinguishes it from the user's other factors.
    public let id: String
    /// The kind of the factor: the value that using it adds to `amr`, such as `otp`.
    ///
    /// - Source: RFC 8176 §2.
    public let kind: String

    /// Describes a factor.
    public init(id: String, kind: String) {
        self.id = id
        self.kind = kind
    }
}

/// The credentials checked in one sign-in so far.
public struct SignInProofs: Hashable, Sendable {
    /// The result of checking the first credential.
    public enum First: Hashable, Sendable {
        /// The user has no password; the check was made against a dummy.
        case noPassword
        /// The password is not the user's.
        case wrongPassword
        /// The user proved their identity by this method.
        case proven(AuthenticationMethod)
    }

    /// The result of the first credential.
    public let first: First
    /// The second factors that were answered correctly, by the factor's ``SignInFactor/id``.
    public let further: [String: AuthenticationMethod]

    /// Describes the results.
    public init(first: First, further: [String: AuthenticationMethod] = [:]) {
        self.first = first
        self.further = further
    }
}

/// Decides the next step of a sign-in: a session, a second factor, or a rejection.
public enum SignInFlow {
    /// The next step of a sign-in.
    public enum Decision: Hashable, Sendable {
        /// The session may be opened for the user, who signed in by these methods, which amount to this authenticator
        /// assurance level (1 or 2).
        case admit(User, methods: [AuthenticationMethod], level: Int64)
        /// One of these factors must be answered first.
        case needs([SignInFactor], of: User)
        /// It may not be opened; the reason is for the audit.
        case refuse(SignInRefusal)
    }

    /// Decides on the user found for the identifier and the credentials checked so far.
    ///
    /// `user` is `nil` where no user has the identifier, whatever the proofs are. To prevent user enumeration, the
    /// state of a user and the second factors that the user has set up are considered only after the first credential.
    ///
    /// With `requiresVerifiedEmail`, a user with an unverified address may not sign in.
    public static func decide(
        _ proofs: SignInProofs, of user: User?, factors: [SignInFactor] = [], requiresVerifiedEmail: Bool,
        at now: Timestamp
    ) -> Decision {
        guard let user else { return .refuse(.unknownUser) }
        let first: AuthenticationMethod
        switch proofs.first {
        case .noPassword: return .refuse(.noPassword)
        case .wrongPassword: return .refuse(.wrongPassword)
        case .proven(let method): first = method
        }
        guard user.mayHoldSession(at: now) else { return .refuse(.userDisabled) }
        guard user.isVerified || !requiresVerifiedEmail else { return .refuse(.emailNotVerified) }
        guard !factors.isEmpty else { return .admit(user, methods: [first], level: 1) }
        // A factor that was removed meanwhile proves nothing.
        let further = factors.compactMap { proofs.further[$0.id] }
        guard !further.isEmpty else { return .needs(factors, of: user) }
        return .admit(user, methods: [first] + further, level: 2)
    }
}
