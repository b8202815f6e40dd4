// SPDX-License-Identifier: Apache-2.0

/// The address that limits and audit entries are attributed to.
public struct ClientAddress: Hashable, Sendable {
    /// The address, or `nil` when the connection has none (a Unix socket whose proxy names no client).
    public let address: IPAddress?
    /// Whether the request came straight from the peer, with no header that speaks of forwarding.
    public let isDirect: Bool

    /// The source that rate limits count: an IPv4 address, or the /64 of an IPv6 address, because one subscriber holds
    /// all addresses of a /64.
    ///
    /// `nil` when there is no address.
    public var bucket: IPAddress? {
        guard let address else { return nil }
        return address.family == .v4 ? address : address.prefix(64)
    }

    /// Finds the client behind trusted proxies.
    ///
    /// The hops are read from the right: the peer, then what each trusted proxy says it saw. The first hop that is not
    /// trusted is the client, whatever stands to its left. A hop that cannot be parsed ends the walk at the proxy that
    /// reported it. A peer that is not trusted has no influence at all.
    ///
    /// - Parameters:
    ///   - peer: The socket's other end.
    ///   - values: All values of the trusted header, in order of appearance.
    ///   - trust: Who is believed.
    ///   - isForwarded: Whether any forwarding header is present, trusted or not.
    init(peer: IPAddress?, values: [String], trust: ProxyTrust, isForwarded: Bool) {
        self.isDirect = !isForwarded
        guard let peer, trust.trusts(peer), !values.isEmpty else {
            self.address = peer
            return
        }
        self.address = Self.walk(from: peer, hops: Self.hops(in: values, header: trust.header), trust: trust)
    }

    /// The client of a request.
    init(_ request: Request, trust: ProxyTrust) {
        self.init(
            peer: request.peer, values: request.fields(trust.header.rawValue), trust: trust,
            isForwarded: Self.forwardingHeaders.contains { request.field($0) != nil })
    }

    /// The fields by which proxies make themselves known.
    private static let forwardingHeaders = [
        "forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip",
    ]

    private static func walk(from peer: IPAddress, hops: [IPAddress?], trust: ProxyTrust) -> IPAddress {
        var client = peer
        for hop in hops.reversed() {
            guard let hop else { return client }
            client = hop
            guard trust.trusts(hop) else { return client }
        }
        return client
    }

    /// The hops from left to right; `nil` for one that names no address.
    private static func hops(in values: [String], header: ProxyTrust.Header) -> [IPAddress?] {
        switch header {
        case .xForwardedFor:
            return values.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
                .suffix(maximumHops).map { address(inNode: trimmed($0)) }
        case .xRealIP:
            // A proxy overwrites this header. Several values mean that it did not, so none is believed.
            return values.count == 1 ? [address(inNode: trimmed(values[0][...]))] : [nil]
        case .forwarded:
            return values.flatMap { ForwardedHeader.forNodes(in: $0) }.suffix(maximumHops)
                .map { $0.flatMap { address(inNode: $0[...]) } }
        }
    }

    /// More hops than this are not read: the walk is from the right, and no chain of proxies is longer.
    private static let maximumHops = 32

    /// The address in `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:80`.
    static func address(inNode node: Substring) -> IPAddress? {
        if node.first == "[" {
            guard let end = node.firstIndex(of: "]") else { return nil }
            let rest = node[node.index(after: end)...]
            guard rest.isEmpty || isPort(rest) else { return nil }
            let inner = node[node.index(after: node.startIndex)..<end]
            return inner.contains(":") ? IPAddress(inner) : nil
        }
        if let colon = node.firstIndex(of: ":"), node.lastIndex(of: ":") == colon {
            return isPort(node[colon...]) ? IPAddress(node[..<colon]) : nil
        }
        return IPAddress(node)
    }

    private static func isPort(_ text: Substring) -> Bool {
        let digits = text.dropFirst()
        return text.first == ":" && (1...5).contains(digits.utf8.count)
            && digits.utf8.allSatisfy { (48...57).contains($0) }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}
