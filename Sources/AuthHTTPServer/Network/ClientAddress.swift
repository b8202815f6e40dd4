// SPDX-License-Identifier: Apache-2.0

public import AuthCore

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

    /// Whether the client sits at this machine and no proxy stands between.
    package var isLocal: Bool { isDirect && address?.isLoopback == true }

    /// The network that one customer may hold whole, as text: the /48 of an IPv6 address.
    ///
    /// `nil` for an IPv4 address, of which few belong to one customer.
    package var network: String? { address?.customerNetwork }

    /// Finds the client behind trusted proxies.
    ///
    /// The hops are read from the right: the peer, then what each trusted proxy says it saw. The first hop that is not
    /// trusted is the client, whatever stands to its left. A hop that cannot be parsed ends the walk at the proxy that
    /// reported it. A peer that is not trusted has no influence at all.
    ///
    /// - Parameters:
    ///   - peer: The socket's other end.
    ///   - values: All values of the trusted header, in order of appearance.
    ///   - trust: Which peers are believed, and in which header.
    ///   - isForwarded: Whether any forwarding header is present, trusted or not.
    package init(peer: IPAddress?, values: [String], trust: ProxyTrust, isForwarded: Bool) {
        self.isDirect = !isForwarded
        guard let peer, trust.trusts(peer), !values.isEmpty else {
            self.address = peer
            return
        }
        self.address = Self.walk(from: peer, hops: HopReader(values, header: trust.header), trust: trust)
    }

    /// The client of a request.
    package init(_ request: Request, trust: ProxyTrust) {
        self.init(
            peer: request.peer, values: request.fields(trust.header.rawValue), trust: trust,
            isForwarded: Self.forwardingHeaders.contains { request.field($0) != nil })
    }

    /// The fields by which proxies make themselves known.
    private static let forwardingHeaders = [
        "forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip",
    ]

    /// Follows the hops from the right as far as they are trusted; what stands to the left of the client is not read.
    private static func walk(from peer: IPAddress, hops: consuming HopReader, trust: ProxyTrust) -> IPAddress {
        var client = peer
        var hops = hops
        for _ in 0..<maximumHops {
            switch hops.next() {
            case .end, .unreadable:
                return client
            case .hop(let hop):
                client = hop
                guard trust.trusts(hop) else { return client }
            }
        }
        return client
    }

    /// More hops than this are not read: no chain of proxies is longer.
    private static let maximumHops = 32

    /// The address in `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:80`.
    static func address(inNode node: Substring.UTF8View) -> IPAddress? {
        // Every form is ASCII.
        guard node.count <= 64, node.allSatisfy({ $0 < 0x80 }) else { return nil }
        if node.first == UInt8(ascii: "[") {
            guard let end = node.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            let rest = node[node.index(after: end)...]
            guard rest.isEmpty || isPort(rest) else { return nil }
            let inner = node[node.index(after: node.startIndex)..<end]
            return inner.contains(UInt8(ascii: ":")) ? IPAddress(Substring(inner)) : nil
        }
        if let colon = node.firstIndex(of: UInt8(ascii: ":")), node.lastIndex(of: UInt8(ascii: ":")) == colon {
            return isPort(node[colon...]) ? IPAddress(Substring(node[..<colon])) : nil
        }
        return IPAddress(Substring(node))
    }

    private static func isPort(_ text: Substring.UTF8View) -> Bool {
        let digits = text.dropFirst()
        return text.first == UInt8(ascii: ":") && (1...5).contains(digits.count)
            && digits.allSatisfy { (48...57).contains($0) }
    }
}
