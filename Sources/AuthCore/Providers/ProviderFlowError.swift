// SPDX-License-Identifier: Apache-2.0

/// Why a sign-in by a provider, or a link, came to nothing, as the application is told.
///
/// The raw value is what `error` is in the URL to which the browser returns.
public enum ProviderFlowError: String, Error, Hashable, Sendable, CaseIterable {
    /// The user declined at the provider.
    case accessDenied = "access_denied"
    /// The provider answered with an error.
    case providerError = "provider_error"
    /// The provider cannot be reached.
    case providerUnavailable = "provider_unavailable"
    /// What the provider answered was refused.
    case invalidResponse = "invalid_response"
    /// The flow took too long, or was completed before.
    case flowExpired = "flow_expired"
    /// A user has the address: the person signs in by other means first, and then links.
    case signInToLink = "sign_in_to_link"
    /// The identity is new, and no client may register.
    case registrationClosed = "registration_closed"
    /// The identity is new, and its address is of none of the domains that may register.
    case domainNotAllowed = "domain_not_allowed"
    /// An address must be verified, and the provider proves none.
    case emailNotVerified = "email_not_verified"
    /// The user is disabled or banned.
    case userDisabled = "user_disabled"
    /// The identity belongs to another user.
    case identityTaken = "identity_taken"
    /// The user has a second factor, which this way does not ask for.
    case secondFactorRequired = "second_factor_required"
    /// The user has as many sessions as are allowed.
    case sessionLimitReached = "session_limit_reached"
    /// The session that began to link is not the one that ends it.
    case sessionChanged = "session_changed"
    /// Something of authd's own does not work now.
    case temporarilyUnavailable = "temporarily_unavailable"
}
