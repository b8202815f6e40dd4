// SPDX-License-Identifier: Apache-2.0

public import AuthHTTPServer

/// How the HTTP interface presents itself, which proxies it trusts and what it limits.
public struct HTTPConfiguration: Hashable, Sendable {
    /// The name in the documentation and in the authentication realm.
    public var appName = "authd"
    /// The version in the documentation.
    public var version = "0.1.0"
    /// Where every route is served besides the root; begins with a slash and does not end with one, or is empty.
    public var prefix = "/api/v1"
    /// The address under which clients reach the server, without a trailing slash; `nil` if it is not known.
    public var publicURL: String?
    /// The address that lines for a shell have in the documentation where ``publicURL`` is not known.
    public var localURL = "http://localhost:8000"
    /// The origins whose pages may read replies; `*` for all, then without credentials.
    public var allowedOrigins: Set<String> = []  // own text
    /// The proxies whose headers name the client's address.
    public var proxies = ProxyTrust()
    /// How much one source may ask for.
    public var limits = RateLimits()
    /// Whether the probe routes exist, and responses to loopback clients contain one-time tokens.
    public var isDevelopment = false
    /// Whether `/metrics` exists.
    public var exposesMetrics = true
    /// Whether `/docs`, `/redoc` and `/openapi.json` exist.
    public var exposesDocumentation = true
    /// Whether `/` and `/favicon.ico` exist; not for a server that has pages of its own there.
    public var exposesOverview = true

    /// How much of a client's address the log of requests has.
    public var loggedClientAddress = LoggedClientAddress.full
    /// From which time on a request is logged as slow; `nil` for never.
    public var slowRequest: Duration? = .seconds(1)

    /// A configuration for production without a proxy.
    public init() {}

    /// Whether clients reach the server over HTTPS, as ``publicURL`` says: no field of a request is asked.
    var isSecure: Bool { publicURL?.hasPrefix("https://") == true }  // own text
}
