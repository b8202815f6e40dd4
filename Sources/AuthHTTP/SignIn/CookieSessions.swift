// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
package import AuthHTTPServer
package import AuthService

/// Sessions whose tokens a browser keeps in cookies, out of the reach of scripts: when they are offered, how the cookies
/// look, and which pages may use them.
///
/// - Source: draft-ietf-httpbis-rfc6265bis §4.1.3; OAuth 2.0 for Browser-Based Applications §6.1.3.
package struct CookieSessions: Sendable {
    /// What a browser holds to refresh its session.
    package struct Held: Hashable, Sendable {
        package let refreshToken: String
        /// Whether the session outlives the browser.
        let isRemembered: Bool
    }

    /// Whether clients reach the server over HTTPS.
    private let isSecure: Bool
    /// The name of the cookie that holds the access token.
    let accessName: String
    private let refreshName: String
    private let pages: CSRFPolicy

    package init(_ configuration: HTTPConfiguration) {
        isSecure = configuration.isSecure
        let prefix = isSecure ? "__Host-" : ""
        accessName = prefix + "authd_access"
        refreshName = prefix + "authd_refresh"
        pages = CSRFPolicy(configuration)
    }

    /// Whether a client may have cookies: over plain HTTP, everyone on the network path could read them.
    package func isOffered(to client: ClientAddress) -> Bool {
        isSecure || client.isDirect && client.address?.isLoopback == true
    }

    /// What ``isAsked(by:)`` refuses where a call asks for cookies.
    static let problems: [ProblemKind] = [.csrfRefused, .cookieModeUnavailable, .ambiguousCredentials]

    /// Whether a call asks for cookies in place of tokens, with `X-Auth-Mode: cookie`.
    ///
    /// - Throws: `.malformedRequest` for another mode; `.ambiguousCredentials` beside an access token;
    ///   `.cookieModeUnavailable`; `.csrfRefused` where the page may not ask.
    func isAsked(by call: Call) throws(Refusal) -> Bool {
        let modes = call.request.fields("x-auth-mode")
        guard !modes.isEmpty else { return false }
        guard modes.count == 1, modes[0].hasSameOctets(as: "cookie") else { throw Refusal(.malformedRequest) }
        guard try BearerToken.find(in: ParsedHeaders(call.request)) == nil else {
            throw Refusal(.ambiguousCredentials)
        }
        guard let client = call.client, isOffered(to: client) else { throw Refusal(.cookieModeUnavailable) }
        guard pages.maySend(call.request) else { throw Refusal(.csrfRefused) }
        return true
    }

    /// Whether a request that cookies authorize may be carried out: it changes nothing, or it comes from our own pages.
    ///
    /// The handshake of WebSocket is a GET that changes something: it opens a connection on which a page sends and reads
    /// whatever its origin is. - Source: RFC 6455 §10.2
    func maySend(_ request: Request) -> Bool {
        let isHandshake = request.fields("upgrade").contains { ASCIICase.matches($0, lowercase: "websocket") }
        let isSafe = request.method == .get || request.method == .head
        return isSafe && !isHandshake || pages.maySend(request)
    }

    /// Whether a request brings any of the cookies.
    func isHeld(in request: Request) -> Bool {
        let cookies = Cookies(request)
        return cookies.value(accessName) != nil || cookies.value(refreshName) != nil
    }

    /// The access token that a request brings.
    package func accessToken(in request: Request) -> String? {
        Cookies(request).value(accessName).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// What a request brings to refresh its session.
    package func held(in request: Request) -> Held? {
        guard let value = Cookies(request).value(refreshName) else { return nil }
        let isRemembered = !value.utf8.starts(with: Self.brief.utf8)
        let token = isRemembered ? value : String(Substring(value.utf8.dropFirst(Self.brief.utf8.count)))
        return token.isEmpty ? nil : Held(refreshToken: token, isRemembered: isRemembered)
    }

    /// The fields that give a browser the tokens of a session: until they expire, or until the browser is closed.
    package func fields(for pair: TokenPair, isRemembered: Bool) -> [(name: String, value: String)] {
        [
            cookie(accessName, pair.accessToken, maxAge: isRemembered ? pair.expiresIn : nil),
            cookie(
                refreshName, (isRemembered ? "" : Self.brief) + pair.refreshToken,
                maxAge: isRemembered ? pair.refreshExpiresIn : nil),
        ]
    }

    /// The fields that remove them.
    var clearingFields: [(name: String, value: String)] {
        [cookie(accessName, "", maxAge: .zero), cookie(refreshName, "", maxAge: .zero)]
    }

    private func cookie(_ name: String, _ value: String, maxAge: Duration?) -> (name: String, value: String) {
        SetCookie(name: name, value: value, maxAge: maxAge, sameSite: .lax, secure: isSecure).field
    }

    /// The prefix of the refresh token of a session that ends with the browser: refreshing must not lengthen it.
    ///
    /// A browser that removes it lengthens nothing but its own cookie.
    private static let brief = "s."
}
