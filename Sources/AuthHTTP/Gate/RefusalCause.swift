// SPDX-License-Identifier: Apache-2.0

internal import AuthHTTPServer
internal import Logging

/// A setting that makes requests be refused or lose a part of their effect, as a line of the log tells it.
enum RefusalCause: CaseIterable, Hashable, Sendable {
    /// A preflight came from a page whose origin is not listed.
    case foreignOrigin
    /// A request with cookies came from a page that may not send it.
    case crossSiteRequest
    /// Cookies were asked for where they would cross a network in the clear.
    case insecureCookies
    /// A request is limited by its source, and has none.
    case unknownAddress
    /// A user has as many sessions as allowed.
    case sessionLimit
    /// A session's sign-in is too long ago for what it asks.
    case oldSignIn
    /// A user's address is not verified.
    case unverifiedAddress
    /// Registration is closed.
    case closedRegistration
    /// A provider's address is of a domain that may not register.
    case unlistedDomain
    /// A browser came back from a provider without the cookie of its flow.
    case foreignProviderFlow
    /// Mail is needed and there is no mail server.
    case noMailServer

    /// The cause of a problem; `nil` where no setting decides whether a request meets it.
    init?(_ kind: ProblemKind) {
        // Most refusals are 401, 404 and 429, and are told apart from these by a number.
        guard [.badRequest, .forbidden, .serviceUnavailable].contains(kind.status) else { return nil }
        switch kind {
        case .csrfRefused: self = .crossSiteRequest
        case .cookieModeUnavailable: self = .insecureCookies
        case .forbidden: self = .unknownAddress
        case .sessionLimitReached: self = .sessionLimit
        case .reauthenticationRequired: self = .oldSignIn
        case .emailNotVerified: self = .unverifiedAddress
        case .registrationClosed: self = .closedRegistration
        case .domainNotAllowed: self = .unlistedDomain
        case .providerFlowInvalid: self = .foreignProviderFlow
        case .mailUnavailable: self = .noMailServer
        default: return nil
        }
    }

    /// The setting to look at.
    var setting: String {
        switch self {
        case .foreignOrigin, .crossSiteRequest: "ALLOWED_ORIGINS"
        case .insecureCookies, .foreignProviderFlow: "PUBLIC_URL"
        case .unknownAddress: "TRUSTED_PROXIES"
        case .sessionLimit: "SESSION_LIMIT_PER_USER"
        case .oldSignIn: "RECENT_SIGN_IN_MINUTES"
        case .unverifiedAddress: "REQUIRE_VERIFIED_EMAIL"
        case .closedRegistration: "REGISTRATION"
        case .unlistedDomain: "REGISTRATION_DOMAINS"
        case .noMailServer: "SMTP_HOST"
        }
    }

    /// What happened, and what to do about it.
    var message: Logger.Message {
        switch self {
        case .foreignOrigin: "CORS preflight not allowed; list the page's origin in ALLOWED_ORIGINS"
        case .crossSiteRequest:
            """
            cross-site request refused (CSRF protection); cookies work for pages of PUBLIC_URL, and of ALLOWED_ORIGINS on \
            the same site
            """
        case .insecureCookies:
            "cookie mode refused; it needs a PUBLIC_URL that begins with https, or a client on this host"
        case .unknownAddress: "client address unknown; check TRUSTED_PROXIES and TRUSTED_PROXY_HEADER"
        case .sessionLimit: "sign-in refused; the user has as many sessions as SESSION_LIMIT_PER_USER allows"
        case .oldSignIn: "new sign-in demanded; RECENT_SIGN_IN_MINUTES is how long a sign-in counts as recent"
        case .unverifiedAddress:
            "unverified address refused; REQUIRE_VERIFIED_EMAIL, or the route, demands a verified one"
        case .closedRegistration: "registration refused; REGISTRATION is closed"
        case .unlistedDomain: "registration by a provider refused; REGISTRATION_DOMAINS lacks the domain of the address"
        case .foreignProviderFlow:
            "sign-in by a provider refused; its cookie and code are good once, in the browser and under the host of PUBLIC_URL"
        case .noMailServer: "mail needed but not configured; set SMTP_HOST"
        }
    }

    /// A warning where clients or settings need a change; information where the setting does what it is for.
    var level: Logger.Level {
        switch self {
        case .foreignOrigin, .crossSiteRequest, .insecureCookies, .unknownAddress, .noMailServer: .warning
        case .sessionLimit, .oldSignIn, .unverifiedAddress, .closedRegistration, .unlistedDomain, .foreignProviderFlow:
            .info
        }
    }
}
