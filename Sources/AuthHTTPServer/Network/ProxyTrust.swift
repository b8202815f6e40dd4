// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Which peers may speak for others, and through which one header.
public struct ProxyTrust: Hashable, Sendable {
    /// The header in which a trusted proxy names the client.
    public enum Header: String, Hashable, Sendable, CaseIterable {
        /// A list to which every proxy appends the peer it saw.
        case xForwardedFor = "X-Forwarded-For"
        /// The standard list. - Source: RFC 7239
        case forwarded = "Forwarded"
        /// A single address, overwritten by the proxy.
        case xRealIP = "X-Real-IP"

        /// The header of that name in any case; `nil` for every other header.
        public init?(_ name: String) {
            let name = ASCIICase.lowered(name)
            guard let header = Header.allCases.first(where: { ASCIICase.lowered($0.rawValue).hasSameOctets(as: name) })
            else { return nil }
            self = header
        }
    }

    /// The networks whose peers are trusted proxies; empty means none is.
    public var networks: [IPNetwork]
    /// The only header that is read.
    public var header: Header

    /// No peer is trusted unless `networks` names it.
    public init(networks: [IPNetwork] = [], header: Header = .xForwardedFor) {
        self.networks = networks
        self.header = header
    }

    package func trusts(_ address: IPAddress) -> Bool {
        networks.contains { $0.contains(address) }
    }
}
