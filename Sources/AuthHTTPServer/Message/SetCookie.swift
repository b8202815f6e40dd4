// SPDX-License-Identifier: Apache-2.0

/// A cookie to be kept by a browser: for this host alone, for all its paths, and never shown to scripts.
///
/// - Source: RFC 6265 §4.1; draft-ietf-httpbis-rfc6265bis §4.1.3 (the prefix `__Host-`, which wants `Secure`, the path
///   `/` and no domain).
package struct SetCookie: Sendable {
    /// With which cross-site requests browsers send the cookie (`SameSite`).
    package enum SameSite: String, Sendable {
        /// None.
        case strict = "Strict"
        /// Following a link, and nothing else.
        case lax = "Lax"
    }

    /// The name; one that begins with `__Host-` is refused by browsers unless ``secure`` is set.
    let name: String
    /// The value, in cookie octets: a token or nothing.
    ///
    /// It is never the client's text.
    let value: String
    /// How long it is kept; zero removes it, and `nil` keeps it until the browser is closed.
    let maxAge: Duration?
    /// With which cross-site requests browsers send it.
    let sameSite: SameSite
    /// Whether it is sent over HTTPS alone.
    ///
    /// Without it a cookie is for plain HTTP on the host itself.
    let secure: Bool

    package init(name: String, value: String, maxAge: Duration?, sameSite: SameSite, secure: Bool) {
        precondition(name.utf8.allSatisfy(HTTPSyntax.isTokenByte) && !name.isEmpty, "a cookie's name is a token")
        precondition(value.utf8.allSatisfy(Self.isCookieOctet), "a cookie's value consists of cookie octets")
        self.name = name
        self.value = value
        self.maxAge = maxAge
        self.sameSite = sameSite
        self.secure = secure
    }

    /// The header field, for ``Reply/fields``.
    package var field: (name: String, value: String) {
        let age = maxAge.map { "; Max-Age=\(max(0, $0.components.seconds))" } ?? ""
        let attributes = "; Path=/\(age); HttpOnly; SameSite=\(sameSite.rawValue)"
        return ("set-cookie", "\(name)=\(value)\(attributes)" + (secure ? "; Secure" : ""))
    }

    private static func isCookieOctet(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21, 0x23...0x2b, 0x2d...0x3a, 0x3c...0x5b, 0x5d...0x7e: true
        default: false
        }
    }
}
