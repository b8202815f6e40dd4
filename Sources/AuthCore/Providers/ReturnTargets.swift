// SPDX-License-Identifier: Apache-2.0

/// Where browsers may be sent when a sign-in by a provider has ended.
///
/// Each is an origin, to whose pages browsers may go, or the address of an app, which counts to the octet. An address that was
/// not listed would get the code of a sign-in, so nothing is guessed: no case, no port and no spelling is made equal.
public struct ReturnTargets: Hashable, Sendable {
    private enum Entry: Hashable, Sendable {
        case origin(String)
        case app(String)
    }

    private let entries: [Entry]

    /// The target that is taken where a client names none: the first of the list.
    public let first: ReturnTarget

    /// Reads a list of targets.
    ///
    /// An origin is `https://` and a host, with a port where it is not the usual one; `http://` is for this machine alone. The
    /// address of an app begins with a scheme that has a dot, as in `com.example.app:/callback` (RFC 8252 §7.1), and has neither
    /// query nor fragment.
    ///
    /// - Throws: `.missing` for an empty list, `.malformed` for anything else than the above.
    public init(_ list: [String]) throws(ValidationError) {
        var entries: [Entry] = []
        for text in list {
            guard let entry = Self.entry(text) else { throw ValidationError(.returnTarget, .malformed) }
            entries.append(entry)
        }
        switch entries.first {
        case nil: throw ValidationError(.returnTarget, .missing)
        case .origin(let origin): first = ReturnTarget(text: "\(origin)/")
        case .app(let address): first = ReturnTarget(text: address)
        }
        self.entries = entries
    }

    /// The target that a client names, if it is one of the list or below one of its origins.
    ///
    /// Its query must not have `code` or `error`: a browser would come back with two of them, and applications differ in which
    /// they read.
    ///
    /// Cost: linear in the text.
    public func admits(_ text: String) -> ReturnTarget? {
        guard text.utf8.count <= WebURL.maximumBytes, URLText.isPlain(text.utf8) else { return nil }
        let target = ReturnTarget(text: text)
        if entries.contains(.app(text)) { return target }
        guard let url = WebURL(text), !url.rest.utf8.starts(with: "//".utf8), !target.hasAnswer else { return nil }
        // The origin is compared as it was written.
        let written = text.utf8.prefix(text.utf8.count - url.rest.utf8.count)
        for entry in entries {
            if case .origin(let origin) = entry, origin.utf8.elementsEqual(written) { return target }
        }
        return nil
    }

    private static func entry(_ text: String) -> Entry? {
        if let url = WebURL(text) {
            guard url.rest.isEmpty, url.isSecure || url.isLoopback,
                ASCIICase.lowered(url.host).hasSameOctets(as: url.host)
            else { return nil }
            return .origin(url.origin)
        }
        return isAppAddress(text) ? .app(text) : nil
    }

    private static func isAppAddress(_ text: String) -> Bool {
        let octets = text.utf8
        guard octets.count <= 512, URLText.isPlain(octets), let colon = octets.firstIndex(of: UInt8(ascii: ":")),
            octets[colon...].dropFirst().first == UInt8(ascii: "/"),
            !octets.contains(where: { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") })
        else { return false }
        return URLText.isAppScheme(octets[..<colon])
    }
}

/// An address to which a browser is sent when a sign-in by a provider has ended.
///
/// Only ``ReturnTargets`` and ``RedirectAllowList`` make one.
public struct ReturnTarget: Hashable, Sendable {
    /// The address: ASCII, without white space.
    public let text: String

    init(text: String) {
        self.text = text
    }

    /// The address with further parameters behind those of its query, and before its fragment.
    public func adding(query parameters: [(String, String)]) -> String {
        var octets = Array(text.utf8)
        let hash = octets.firstIndex(of: UInt8(ascii: "#")) ?? octets.count
        let fragment = octets[hash...]
        octets.removeSubrange(hash...)
        for (name, value) in parameters {
            if !octets.contains(UInt8(ascii: "?")) {
                octets.append(UInt8(ascii: "?"))
            } else if octets.last != UInt8(ascii: "?"), octets.last != UInt8(ascii: "&") {
                octets.append(UInt8(ascii: "&"))
            }
            PercentEncoding.encode(name, to: &octets)
            octets.append(UInt8(ascii: "="))
            PercentEncoding.encode(value, to: &octets)
        }
        return String(decoding: octets + fragment, as: UTF8.self)
    }

    /// The address with parameters in its fragment, in place of the one that it has.
    public func adding(fragment parameters: [(String, String)]) -> String {
        Self.adding(fragment: parameters, to: text)
    }

    /// The address with further parameters behind those of its query, and with parameters in its fragment.
    public func adding(query: [(String, String)], fragment: [(String, String)]) -> String {
        Self.adding(fragment: fragment, to: adding(query: query))
    }

    private static func adding(fragment parameters: [(String, String)], to text: String) -> String {
        var octets = Array(text.utf8.prefix { $0 != UInt8(ascii: "#") })
        var separator = UInt8(ascii: "#")
        for (name, value) in parameters {
            octets.append(separator)
            separator = UInt8(ascii: "&")
            PercentEncoding.encode(name, to: &octets)
            octets.append(UInt8(ascii: "="))
            PercentEncoding.encode(value, to: &octets)
        }
        return String(decoding: octets, as: UTF8.self)
    }

    /// Whether its query has a parameter that ``adding(query:)`` adds.
    var hasAnswer: Bool {
        let octets = text.utf8.prefix { $0 != UInt8(ascii: "#") }
        guard let mark = octets.firstIndex(of: UInt8(ascii: "?")) else { return false }
        return Self.brings(["code", "error"], in: octets[mark...].dropFirst())
    }

    /// Whether its query or its fragment has a parameter that Supabase's clients take for an answer.
    var hasClientAnswer: Bool {
        let octets = text.utf8
        guard let mark = octets.firstIndex(where: { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }) else {
            return false
        }
        // In the fragment of an application there may be a path and a query of its own.
        return octets[mark...].split(whereSeparator: { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") })
            .contains { Self.brings(["code", "error", "access_token"], in: $0) }
    }

    private static func brings(_ names: [WireText], in query: Substring.UTF8View) -> Bool {
        query.split(separator: UInt8(ascii: "&")).contains { parameter in
            let name = URLText.decoded(parameter.prefix { $0 != UInt8(ascii: "=") })
            return names.contains(WireText(String(decoding: name, as: UTF8.self)))
        }
    }
}
