// SPDX-License-Identifier: Apache-2.0

import AuthCore
internal import AuthHTTPServer

/// Problems of identity providers.
///
/// Where a sign-in by a provider ends with a redirect, the same words stand in its `error`.
extension ProblemKind {
    static let providers: [ProblemKind] = [
        .providerFlowInvalid, .providerAccessDenied, .providerError, .providerUnavailable, .providerInvalidResponse,
        .providerFlowExpired, .signInToLink, .domainNotAllowed, .providerUserDisabled, .identityTaken, .sessionChanged,
        .lastWayIn, .tooManyIdentities,
    ]

    package static let providerFlowInvalid = ProblemKind(
        code: "provider_flow_invalid", status: .badRequest, title: "Invalid provider flow",
        detail: "This sign-in was not begun in this browser, was completed before, or has expired.",
        advice:
            "At a callback: `state` is not that of this provider, its cookie is missing, or it was used. At an exchange: the "
            + "code is unknown, older than 60 seconds or used, or `code_verifier` does not fit; the third one that does not "
            + "voids the code. Begin again with `GET /auth/providers/{name}/start`, in the same browser and under the host of "
            + "`PUBLIC_URL`.")

    package static let providerAccessDenied = ProblemKind(
        code: "access_denied", status: .forbidden, title: "Access denied at the provider",
        detail: "The sign-in was cancelled at the identity provider.",
        advice: "The user has declined, or the provider does not let them use this client.")

    package static let providerError = ProblemKind(
        code: "provider_error", status: .serviceUnavailable, title: "Error of the provider",
        detail: "The identity provider has answered with an error.",
        advice: "The audit log names it. `authd doctor provider NAME` examines the configuration.")

    package static let providerUnavailable = ProblemKind(
        code: "provider_unavailable", status: .serviceUnavailable, title: "Provider unavailable",
        detail: "The identity provider cannot be reached.",
        advice: "Try again later. `authd doctor provider NAME` says where the connection fails.")

    package static let providerInvalidResponse = ProblemKind(
        code: "invalid_response", status: .badRequest, title: "Invalid response of the provider",
        detail: "The answer of the identity provider was refused.",
        advice:
            "Issuer, audience, nonce, signature, times and `at_hash` of an id token are checked, and each is accepted once. "
            + "The audit log has the reason, as `provider_` and a word.")

    package static let providerFlowExpired = ProblemKind(
        code: "flow_expired", status: .badRequest, title: "Provider flow expired",
        detail: "The sign-in took too long, or was completed before.",
        advice: "Begin again. Ten minutes are allowed, and each flow is completed once.")

    package static let signInToLink = ProblemKind(
        code: "sign_in_to_link", status: .conflict, title: "Sign-in needed to link",
        detail: "A user has the address of this identity. Sign in as that user, and link the identity then.",
        advice:
            "An identity is linked by itself only where the provider is trusted for the address, and never to a user with a "
            + "role above the default, permissions beside it or a second factor. `POST /auth/identities/{provider}/start` "
            + "links it in a session.")

    package static let domainNotAllowed = ProblemKind(
        code: "domain_not_allowed", status: .forbidden, title: "Domain not allowed",
        detail: "Addresses of this domain are not accepted.",
        advice: "`REGISTRATION_DOMAINS` lists those that are, and the provider must be trusted for the address.")

    package static let providerUserDisabled = ProblemKind(
        code: "user_disabled", status: .forbidden, title: "User disabled",
        detail: "This user may not sign in.",
        advice:
            "Only returned to a client that has signed in as the user at the provider. An administrator decides about it."
    )

    package static let identityTaken = ProblemKind(
        code: "identity_taken", status: .conflict, title: "Identity taken",
        detail: "Another user has this identity.",
        advice: "Sign in with it, or remove it from the other user first.")

    package static let sessionChanged = ProblemKind(
        code: "session_changed", status: .conflict, title: "Session changed",
        detail: "The session that began to link the identity is over, or is another one.",
        advice: "Begin again with `POST /auth/identities/{provider}/start` in the session that is to complete it.")

    package static let lastWayIn = ProblemKind(
        code: "last_way_in", status: .conflict, title: "Removal of the last way in",
        detail: "You could not sign in any more without this identity.",
        advice:
            "Set a password, verify an address where `SIGN_IN_BY_MAIL` is on, or link another identity first. Identities of "
            + "providers that are not configured do not count.")

    package static let tooManyIdentities = ProblemKind(
        code: "too_many_identities", status: .conflict, title: "Too many identities",
        detail: "You have as many identities as are possible.",
        advice: "A user has 20 at most. Remove one first.")

    /// The problem of a sign-in by a provider, or of a link, that was refused.
    init(_ refusal: ProviderFlowError) {
        switch refusal {
        case .accessDenied: self = .providerAccessDenied
        case .providerError: self = .providerError
        case .providerUnavailable: self = .providerUnavailable
        case .invalidResponse: self = .providerInvalidResponse
        case .flowExpired: self = .providerFlowExpired
        case .signInToLink: self = .signInToLink
        case .registrationClosed: self = .registrationClosed
        case .domainNotAllowed: self = .domainNotAllowed
        case .emailNotVerified: self = .emailNotVerified
        case .userDisabled: self = .providerUserDisabled
        case .identityTaken: self = .identityTaken
        case .secondFactorRequired: self = .secondFactorRequired
        case .sessionLimitReached: self = .sessionLimitReached
        case .sessionChanged: self = .sessionChanged
        case .temporarilyUnavailable: self = .unavailable
        }
    }
}
