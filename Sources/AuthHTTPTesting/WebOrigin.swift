// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// The origin of a server or of a page: scheme, host and port.
struct WebOrigin: Equatable, Sendable {
    let scheme: String
    let authority: String

    /// Takes what stands before the path of a URL that a test spells out.
    init(_ url: String) {
        let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)  // own text
        precondition(parts.count >= 3 && parts[0].last == ":" && parts[1].isEmpty, "\(url) has no scheme or no host")
        scheme = String(parts[0].dropLast())
        authority = String(parts[2])
    }

    /// As browsers write it in `Origin`.
    var text: String { "\(scheme)://\(authority)" }

    /// Whether two origins differ in the port at most: what browsers call a site is wider, but this much is always one.
    func isSameSite(as other: WebOrigin) -> Bool {
        scheme.hasSameOctets(as: other.scheme) && host.hasSameOctets(as: other.host)
    }

    static func == (one: WebOrigin, other: WebOrigin) -> Bool {
        one.text.hasSameOctets(as: other.text)
    }

    private var host: String {
        guard let colon = authority.utf8.lastIndex(of: UInt8(ascii: ":")),
            !authority.utf8[colon...].contains(UInt8(ascii: "]"))
        else { return authority }
        return String(authority[..<colon])
    }
}
