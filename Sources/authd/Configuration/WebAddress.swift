// SPDX-License-Identifier: Apache-2.0

/// An `https` or `http` URL of a host, perhaps with a port and a path, and nothing else.
struct WebAddress: Hashable, Sendable {
    let isSecure: Bool
    /// In lower case only where it was written so.
    let host: String
    let path: String

    /// Takes a URL apart; `nil` for anything else than the type stands for.
    init?(_ url: String) {
        guard url.utf8.count <= 2_048, url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[0] == "https:" || parts[0] == "http:", parts[1].isEmpty else { return nil }
        let authority = parts[2]
        let tail = parts.count > 3 ? "/" + parts[3] : ""
        guard !tail.utf8.contains(where: { "?#\\".utf8.contains($0) }) else { return nil }
        var host = authority
        if let colon = authority.lastIndex(of: ":"), authority.last != "]" {
            let port = authority[authority.index(after: colon)...]
            guard port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(port),
                (1...65_535).contains(number)
            else { return nil }
            host = authority[..<colon]
        }
        guard Self.isHost(host) else { return nil }
        isSecure = parts[0] == "https:"
        self.host = String(host)
        path = tail
    }

    /// Whether this is what browsers send as `Origin`.
    ///
    /// - Source: Fetch §3.2
    var isOrigin: Bool { path.isEmpty && host == host.lowercased() }

    /// The port that a URL of this type names; `nil` for that of its scheme.
    static func port(of url: String) -> Int? {
        let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count >= 3, let colon = parts[2].lastIndex(of: ":"), parts[2].last != "]" else { return nil }
        return Int(parts[2][parts[2].index(after: colon)...])
    }

    private static func isHost(_ host: Substring) -> Bool {
        var name = host
        let isBracketed = name.first == "[" && name.last == "]"
        if isBracketed { name = name.dropFirst().dropLast() }
        return !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."):
                    true
                case UInt8(ascii: "-"), UInt8(ascii: "_"): !isBracketed
                case UInt8(ascii: ":"): isBracketed
                default: false
                }
            }
    }
}
