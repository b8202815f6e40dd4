// SPDX-License-Identifier: Apache-2.0

/// An absolute URL of `https` or `http`, taken apart in the one way in which browsers and libraries agree about it.
///
/// What some of them read otherwise is refused: user names, backslashes, control characters, escapes that are none, numbers that
/// are addresses in another spelling. So a host that is compared here is the one that is reached.
///
/// - Source: RFC 3986 §3; the URL Standard of the WHATWG for what browsers make of the rest.
struct WebURL {
    /// The longest URL that is looked at, in octets.
    static let maximumBytes = 2_048

    /// Whether the scheme is `https`.
    let isSecure: Bool
    /// The host as written: a name, an IPv4 address or an IPv6 address in brackets.
    let host: String
    /// The port as written; `nil` for that of the scheme.
    let port: UInt16?
    /// What follows host and port: empty, or from `/`, `?` or `#` on.
    let rest: Substring

    /// Takes a URL apart.
    ///
    /// Cost: a few passes over at most ``maximumBytes`` octets.
    init?(_ text: String) {
        guard text.utf8.count <= Self.maximumBytes, URLText.isPlain(text.utf8) else { return nil }
        let octets = text.utf8
        let start: String.Index
        if octets.starts(with: "https://".utf8) {
            isSecure = true
            start = octets.index(octets.startIndex, offsetBy: 8)
        } else if octets.starts(with: "http://".utf8) {
            isSecure = false
            start = octets.index(octets.startIndex, offsetBy: 7)
        } else {
            return nil
        }
        let end = octets[start...].firstIndex { "/?#".utf8.contains($0) } ?? octets.endIndex
        let authority = Array(octets[start..<end])
        let hostEnd: Int
        if authority.first == UInt8(ascii: "[") {
            guard let bracket = authority.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            hostEnd = bracket + 1
        } else {
            hostEnd = authority.firstIndex(of: UInt8(ascii: ":")) ?? authority.count
        }
        if hostEnd == authority.count {
            port = nil
        } else {
            guard authority[hostEnd] == UInt8(ascii: ":"), let number = Self.port(authority[(hostEnd + 1)...]) else {
                return nil
            }
            port = number
        }
        guard Self.isHost(authority[..<hostEnd]) else { return nil }
        host = String(decoding: authority[..<hostEnd], as: UTF8.self)
        rest = text[end...]
    }

    /// Scheme, host and port, as browsers write an origin; the host must be in lower case to be one.
    var origin: String {
        let scheme = isSecure ? "https" : "http"
        guard let port, port != (isSecure ? 443 : 80) else { return "\(scheme)://\(host)" }
        return "\(scheme)://\(host):\(port)"
    }

    /// Whether the host can be no other machine than this one.
    var isLoopback: Bool {
        if ASCIICase.matches(host, lowercase: "localhost") { return true }
        let bare = host.utf8.first == UInt8(ascii: "[") ? String(host.unicodeScalars.dropFirst().dropLast()) : host
        return IPAddress(bare)?.isLoopback ?? false
    }

    private static func port(_ digits: ArraySlice<UInt8>) -> UInt16? {
        guard (1...5).contains(digits.count), digits.first != UInt8(ascii: "0"), digits.allSatisfy(isDigit) else {
            return nil
        }
        return UInt16(exactly: digits.reduce(0 as Int) { $0 * 10 + Int($1 & 0x0F) })
    }

    private static func isHost(_ host: ArraySlice<UInt8>) -> Bool {
        guard host.first != UInt8(ascii: "[") else {
            let inner = String(decoding: host.dropFirst().dropLast(), as: UTF8.self)
            return inner.utf8.contains(UInt8(ascii: ":")) && IPAddress(inner) != nil
        }
        guard (1...DomainName.maximumOctets.name).contains(host.count) else { return false }
        let labels = host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.allSatisfy({ (1...63).contains($0.count) && $0.allSatisfy(isNameOctet) }), let last = labels.last
        else { return false }
        // What ends in a number is an IPv4 address for a browser, in octal, hexadecimal and fewer parts, too.
        let isNumber = last.allSatisfy(isDigit) || last.starts(with: "0x".utf8) || last.starts(with: "0X".utf8)
        return !isNumber || IPAddress(String(decoding: host, as: UTF8.self)) != nil
    }

    private static func isNameOctet(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func isDigit(_ octet: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet) }
}

/// The octets of URLs.
enum URLText {
    /// Whether these are octets that may stand in a URL as they are, and every `%` begins an escape.
    ///
    /// - Source: RFC 3986 §2.
    static func isPlain(_ octets: some Collection<UInt8>) -> Bool {
        var digits = 0
        for octet in octets {
            if digits > 0 {
                guard HexadecimalDigit.value(of: octet) != nil else { return false }
                digits -= 1
                continue
            }
            switch octet {
            case UInt8(ascii: "%"): digits = 2
            case UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"), UInt8(ascii: "^"),
                UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"):
                return false
            case 0x21...0x7E: continue
            default: return false
            }
        }
        return digits == 0
    }

    /// Whether a scheme can be an app's: in lower case, and with a full stop, as no scheme has that browsers know.
    ///
    /// - Source: RFC 3986 §3.1, RFC 8252 §7.1.
    static func isAppScheme(_ scheme: some Collection<UInt8>) -> Bool {
        guard let first = scheme.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first),
            scheme.contains(UInt8(ascii: "."))
        else { return false }
        return scheme.allSatisfy { octet in
            switch octet {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"),
                UInt8(ascii: "-"), UInt8(ascii: "."):
                true
            default: false
            }
        }
    }

    /// The octets that a part of a query stands for, in which `+` is a blank; the escapes must be whole.
    static func decoded(_ octets: some Sequence<UInt8>) -> [UInt8] {
        var decoded: [UInt8] = []
        var escape: [UInt8]?
        for octet in octets {
            if let begun = escape {
                guard let high = begun.first else {
                    escape = [HexadecimalDigit.value(of: octet) ?? 0]
                    continue
                }
                decoded.append(high << 4 | (HexadecimalDigit.value(of: octet) ?? 0))
                escape = nil
            } else if octet == UInt8(ascii: "%") {
                escape = []
            } else {
                decoded.append(octet == UInt8(ascii: "+") ? UInt8(ascii: " ") : octet)
            }
        }
        return decoded
    }
}
