// SPDX-License-Identifier: Apache-2.0

/// Decides what becomes of a person of whom a provider has told who they are.
///
/// The store asks it on locked rows, in the transaction that carries it out.
public enum ProviderArrival {
    /// What becomes of the person.
    public enum Decision: Hashable, Sendable {
        /// The user, as stored, signs in by the identity.
        case signIn(User, Identity)
        /// The identity is linked to the user, as stored, whose address the provider has proven; the proof does this to the
        /// credentials of before.
        case link(User, BindingEffect)
        /// A user is made, with the address that the provider has proven or with none.
        case register(verified: EmailAddress?)
        /// Nothing, for this reason.
        case refuse(ProviderFlowError)
    }

    /// Decides.
    ///
    /// A known identity is its user's whatever address the provider tells. An unknown one is linked to the user who has the
    /// address only where the provider proves it, and never to a user with a role above the default, with permissions or with a
    /// second factor: for these a provider's word is not enough.
    ///
    /// - Parameters:
    ///   - profile: What the provider told.
    ///   - provider: The provider.
    ///   - identity: The stored identity of the profile's subject.
    ///   - user: The user of that identity.
    ///   - holder: The user who has the profile's address.
    ///   - holderHasFactors: Whether `holder` has second factors.
    ///   - registration: Who may register.
    ///   - requiresVerifiedEmail: Whether users without a verified address may not sign in.
    ///   - now: The instant of the operation.
    /// - Returns: What is to be done.
    public static func decide(
        _ profile: ProviderProfile, from provider: IdentityProvider, identity: Identity?, user: User?, holder: User?,
        holderHasFactors: Bool, registration: RegistrationPolicy, requiresVerifiedEmail: Bool, at now: Timestamp
    ) -> Decision {
        if let identity {
            // An identity without its user cannot be stored.
            guard let user, user.id == identity.userID else { return .refuse(.userDisabled) }
            guard user.mayHoldSession(at: now) else { return .refuse(.userDisabled) }
            guard user.isVerified || !requiresVerifiedEmail else { return .refuse(.emailNotVerified) }
            return .signIn(user, identity)
        }
        let proven = provider.trust.provesAddress(in: profile) ? profile.email : nil
        guard let holder else {
            return register(profile, proven: proven, registration, requiresVerifiedEmail: requiresVerifiedEmail)
        }
        guard proven != nil else {
            // Those who can type any address at such a provider would learn from it which ones users have.
            guard !requiresVerifiedEmail else {
                return register(profile, proven: nil, registration, requiresVerifiedEmail: true)
            }
            return .refuse(.signInToLink)
        }
        guard holder.mayHoldSession(at: now) else { return .refuse(.userDisabled) }
        guard holder.role == .user, holder.permissions == .none, !holderHasFactors else {
            return .refuse(.signInToLink)
        }
        return .link(holder, BindingEffect.of(holder, shown: nil, isHere: false))
    }

    private static func register(
        _ profile: ProviderProfile, proven: EmailAddress?, _ policy: RegistrationPolicy, requiresVerifiedEmail: Bool
    ) -> Decision {
        switch policy {
        case .closed, .invitation: return .refuse(.registrationClosed)
        case .domains:
            guard let address = profile.email, policy.permits(address) else { return .refuse(.domainNotAllowed) }
            guard proven != nil else { return .refuse(.emailNotVerified) }
        case .open:
            guard proven != nil || !requiresVerifiedEmail else { return .refuse(.emailNotVerified) }
        }
        return .register(verified: proven)
    }
}
