// SPDX-License-Identifier: Apache-2.0

/// The client of a request, as far as the adapter knows it.
public struct ClientContext: Hashable, Sendable {
    /// The client's address as text.
    public var source: String?
    /// The addresses that one subscriber holds, as text: an IPv4 address, or the first 64 bits of an IPv6 address.
    ///
    /// Limits count it as one. `nil` where the address is not known.
    public var sourceGroup: String?
    /// The network that one customer may hold whole, as text: the first 48 bits of an IPv6 address.
    ///
    /// Rejections beyond a source's share are counted by it. `nil` if there is none, as for IPv4.
    public var sourceNetwork: String?
    /// The client's `User-Agent`; at most 256 code points are kept.
    public var userAgent: String?
    /// The request's id, as in the access log.
    public var requestID: String?

    /// Describes a caller; without arguments, the process itself.
    ///
    /// Where `sourceGroup` is left out, it is the source itself.
    public init(
        source: String? = nil, sourceGroup: String? = nil, sourceNetwork: String? = nil, userAgent: String? = nil,
        requestID: String? = nil
    ) {
        self.source = source
        self.sourceGroup = sourceGroup ?? source
        self.sourceNetwork = sourceNetwork
        // Not characters: one of these can be as long as a whole header.
        self.userAgent = userAgent.map { String($0.unicodeScalars.prefix(256)) }
        self.requestID = requestID
    }
}
