// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
package import AuthHTTPServer

/// Where a browser keeps the sign-ins by providers that it has begun: each in a cookie of its own, sealed, so that two tabs do
/// not disturb each other.
///
/// A callback counts only in the browser that has the cookie of its `state`: this is what keeps an attacker from signing a
/// person in as the attacker. `SameSite=Lax` sends it along when the provider sends the browser back, and with no form of
/// another site.
package struct ProviderFlowCookies: Sendable {
    /// The most that a browser keeps; one more removes the one that was begun first.
    static let most = 4
    /// As long as a flow may take.
    private static let lifetime = Duration.seconds(600)
    /// How much of a `state` stands in the name.
    private static let suffixLength = 8

    private let isSecure: Bool
    private let prefix: String

    package init(_ configuration: HTTPConfiguration) {
        isSecure = configuration.isSecure
        prefix = (configuration.isSecure ? "__Host-" : "") + "authd_provider_"
    }

    /// The fields that give a browser a flow, and take the oldest from it where it has too many.
    package func fields(
        for value: String, suffix: String, in request: Request
    ) -> [(name: String, value: String)] {
        guard Self.isSuffix(suffix) else { return [] }
        // Browsers send the oldest first. - Source: RFC 6265 §5.4
        let held = Cookies(request).names(beginningWith: prefix).filter { name in
            Self.isSuffix(String(Substring(name.utf8.dropFirst(prefix.utf8.count))))
                && !name.hasSameOctets(as: prefix + suffix)
        }
        // However many a client makes up, the answer stays short.
        let excess = held.dropLast(Self.most - 1).prefix(16)  // octets
        return excess.map { field($0, "", maxAge: .zero) } + [field(prefix + suffix, value, maxAge: Self.lifetime)]
    }

    /// What a browser holds of the flow of a `state`.
    package func value(of state: String, in request: Request) -> String? {
        guard let name = name(of: state) else { return nil }
        return Cookies(request).value(name).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The fields that remove it, where the browser holds it.
    package func clearingFields(of state: String, in request: Request) -> [(name: String, value: String)] {
        guard let name = name(of: state), Cookies(request).value(name) != nil else { return [] }
        return [field(name, "", maxAge: .zero)]
    }

    private func name(of state: String) -> String? {
        let suffix = String(Substring(state.utf8.prefix(Self.suffixLength)))
        return Self.isSuffix(suffix) ? prefix + suffix : nil
    }

    private func field(_ name: String, _ value: String, maxAge: Duration) -> (name: String, value: String) {
        SetCookie(name: name, value: value, maxAge: maxAge, sameSite: .lax, secure: isSecure).field
    }

    /// Only this may stand in a cookie's name: the text is the client's.
    private static func isSuffix(_ text: String) -> Bool {
        text.utf8.count == suffixLength
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
