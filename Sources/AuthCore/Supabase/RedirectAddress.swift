// SPDX-License-Identifier: Apache-2.0

/// An address to which a browser may be asked to go, taken apart to be compared with a ``RedirectPattern``.
struct RedirectAddress {
    /// The scheme, in lower case.
    let scheme: Substring.UTF8View
    /// Host and port, in lower case; `nil` for an address of an app that has none.
    let authority: [UInt8]?
    /// Path and query.
    let rest: Substring.UTF8View

    /// Takes an address apart; `nil` for one that browsers and libraries could read in two ways.
    init?(_ text: String) {
        guard text.utf8.count <= WebURL.maximumBytes, URLText.isPlain(text.utf8),
            let parts = RedirectParts(text.utf8.prefix { $0 != UInt8(ascii: "#") })
        else { return nil }
        if parts.isWeb {
            // This finds no user name, and takes host and port for the same octets.
            guard WebURL(text) != nil, !Self.climbs(parts.rest) else { return nil }
        } else {
            guard parts.isApp, parts.authority?.contains(UInt8(ascii: "@")) != true else { return nil }
        }
        scheme = parts.scheme
        authority = parts.authority?.map { ASCIICase.lowered($0) }
        rest = parts.rest
    }

    /// Whether a segment of the path leads upwards, so that a browser would ask for another path than the one that is compared.
    private static func climbs(_ rest: Substring.UTF8View) -> Bool {
        let path = rest.prefix { $0 != UInt8(ascii: "?") }
        return path.split(separator: UInt8(ascii: "/")).contains { segment in
            let octets = URLText.decoded(segment)
            return octets.elementsEqual(".".utf8) || octets.elementsEqual("..".utf8)
        }
    }
}

/// The parts of an address as written, without its fragment.
struct RedirectParts {
    /// What stands before the first colon.
    let scheme: Substring.UTF8View
    /// What stands between two slashes and the next slash or question mark; `nil` where there are no two slashes.
    let authority: Substring.UTF8View?
    /// What follows.
    let rest: Substring.UTF8View

    /// Takes octets apart; `nil` where no slash follows the first colon.
    init?(_ octets: Substring.UTF8View) {
        guard let colon = octets.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        scheme = octets[..<colon]
        let tail = octets[colon...].dropFirst()
        guard tail.first == UInt8(ascii: "/") else { return nil }
        guard tail.starts(with: "//".utf8) else {
            authority = nil
            rest = tail
            return
        }
        let start = tail.dropFirst(2)
        let end = start.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? start.endIndex
        authority = start[..<end]
        rest = start[end...]
    }

    /// Whether the scheme is `https` or `http`, in lower case.
    var isWeb: Bool { scheme.elementsEqual("https".utf8) || scheme.elementsEqual("http".utf8) }

    /// Whether the scheme can be an app's.
    var isApp: Bool { URLText.isAppScheme(scheme) }
}
