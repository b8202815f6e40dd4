// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// Which pages may send requests that cookies authorize: the defence against forged requests of other sites.
///
/// A browser says by `Origin` and `Sec-Fetch-Site` where a request comes from, and no page can change that. A request that
/// says neither is refused, as it may come from a browser that is too old to.
///
/// - Source: Fetch §3.2; Fetch Metadata Request Headers §2.3.
struct TrustedPages: Sendable {
    /// Where our own pages come from; `nil` where the configuration does not say.
    private let ownOrigin: String?
    private let allowedOrigins: Set<WireText>

    init(publicURL: String?, allowedOrigins: Set<String>) {  // own text
        ownOrigin = publicURL.flatMap(Self.origin)
        self.allowedOrigins = Set(allowedOrigins.map { WireText($0) }).subtracting(["*", "null"])
    }

    /// Whether the page that sent a request may send more than questions.
    func maySend(_ request: Request) -> Bool {
        let origins = request.fields("origin")
        let sites = request.fields("sec-fetch-site")
        guard origins.count <= 1, sites.count <= 1, origins.count + sites.count > 0 else { return false }
        if let origin = origins.first, !isTrusted(origin, request) { return false }
        switch sites.first.map({ WireText($0) }) {
        case nil, "same-origin": return true
        // A neighbour under one domain is no friend unless it is listed, which only its origin can show.
        case "same-site": return !origins.isEmpty
        default: return false
        }
    }

    private func isTrusted(_ origin: String, _ request: Request) -> Bool {
        if allowedOrigins.contains(WireText(origin)) { return true }
        if let ownOrigin { return origin.hasSameOctets(as: ownOrigin) }
        // Without an address of our own only this machine is served with cookies, and only under names that are always
        // this machine's: the name of a foreign page can be made to lead here.
        guard let host = request.field("host"), Self.isLoopback(host) else { return false }
        return origin.hasSameOctets(as: "http://" + ASCIICase.lowered(host))
    }

    /// The origin of a URL of the configuration as browsers write it; `nil` where it has none.
    static func origin(of url: String) -> String? {
        // From the configuration.
        let parts = url.lowercased().split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)  // own text
        guard parts.count >= 3, parts[1].isEmpty, !parts[2].isEmpty else { return nil }
        let defaultPort: String
        switch parts[0] {
        case "https:": defaultPort = ":443"  // own text
        case "http:": defaultPort = ":80"  // own text
        default: return nil
        }
        let hasDefaultPort = parts[2].hasSuffix(defaultPort)  // own text
        let authority = hasDefaultPort ? parts[2].dropLast(defaultPort.count) : parts[2]
        return "\(parts[0])//\(authority)"
    }

    /// Whether a `Host` field, with a port or without, can only mean this machine.
    private static func isLoopback(_ host: String) -> Bool {
        var name = host[...].utf8
        if let colon = name.lastIndex(of: UInt8(ascii: ":")), name.last != UInt8(ascii: "]") { name = name[..<colon] }
        return ASCIICase.matches(Substring(name), lowercase: "localhost")
            || ClientAddress.address(inNode: name)?.isLoopback == true
    }
}
