// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// A network that has a bucket: one source, the neighbourhood around it, or the region around that.
///
/// | | IPv6 | IPv4 |
/// |---|---|---|
/// | source | /64 | /32 |
/// | neighbourhood | /48 | /24 |
/// | region | /32 | /16 |
///
/// A /48 is the most that one IPv6 site is given, and a /32 the least that a provider is (RFC 6177, RIPE-738 §5.1). For
/// IPv4 a /24 is the least that is routed by itself, and a /16 about what one provider draws one town's addresses from.
struct LimitNetwork: Hashable, Sendable {
    /// The first 64 bits of an IPv6 address, or an IPv4 address in the upper 32; what is beyond the length is zero.
    let bits: UInt64
    /// How many leading bits count.
    let length: UInt8
    let isIPv6: Bool

    private init(bits: UInt64, length: UInt8, isIPv6: Bool) {
        self.bits = bits
        self.length = length
        self.isIPv6 = isIPv6
    }

    /// Networks of one address and different lengths share a hash: there are at most three of them.
    func hash(into hasher: inout Hasher) {
        hasher.combine(bits)
    }

    /// The source that an address belongs to.
    init(sourceOf address: IPAddress) {
        switch address.family {
        case .v4: self.init(bits: address.low << 32, length: 32, isIPv6: false)
        case .v6: self.init(bits: address.high, length: 64, isIPv6: true)
        }
    }

    /// A network; an IPv6 one that is longer than a /64 becomes the /64 around it.
    init(_ network: IPNetwork) {
        let source = LimitNetwork(sourceOf: network.base)
        self = source.widened(to: UInt8(clamping: min(network.length, Int(source.length))))
    }

    /// The /48 or /24 around a source.
    var neighbourhood: LimitNetwork { widened(to: isIPv6 ? 48 : 24) }

    /// The /32 or /16 around a source or neighbourhood.
    var region: LimitNetwork { widened(to: isIPv6 ? 32 : 16) }

    /// How far a network is from being one source.
    var reach: Reach {
        switch (isIPv6, length) {
        case (true, 64), (false, 32): .source
        case (true, 48), (false, 24): .neighbourhood
        default: .region
        }
    }

    /// The three sizes of networks that have buckets.
    enum Reach {
        case source, neighbourhood, region

        /// How many times the rate of one source the bucket has.
        var factor: Int {
            switch self {
            case .source: 1
            case .neighbourhood: RateLimits.neighbourhoodFactor
            case .region: RateLimits.regionFactor
            }
        }
    }

    /// The network of that length around this one; a length beyond its own changes nothing.
    func widened(to length: UInt8) -> LimitNetwork {
        guard length < self.length else { return self }
        return LimitNetwork(bits: bits & ~(UInt64.max >> UInt64(length)), length: length, isIPv6: isIPv6)
    }
}

extension LimitNetwork: CustomStringConvertible {
    /// The first address of a source; address and length of what is wider.
    var description: String {
        let base = isIPv6 ? IPAddress(v6: bits, 0) : IPAddress(v4: UInt32(truncatingIfNeeded: bits >> 32))
        return reach == .source ? "\(base)" : "\(base)/\(length)"
    }
}
