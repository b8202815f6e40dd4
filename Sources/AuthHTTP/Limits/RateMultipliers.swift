// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Networks whose sources may send a multiple of what others may, because one address there stands for many people: an
/// office, or a carrier that translates addresses.
///
/// Of several networks that hold a source the smallest counts. Cost of a look-up: one hash for each different length of
/// prefix in the list, whatever the number of networks.
public struct RateMultipliers: Hashable, Sendable {
    /// The multiples that may be given.
    public static let factors = 1...1_000
    /// The longest IPv6 prefix that may be given: a source is a /64.
    public static let longestIPv6Prefix = 64

    /// The networks of one family and length.
    private struct Group: Hashable, Sendable {
        let isIPv6: Bool
        let length: UInt8
        var factors: [UInt64: Int]
    }

    /// The longest prefixes first.
    private var groups: [Group] = []

    /// Takes the multiples of some networks; of two entries for one network the later counts.
    ///
    /// Factors are clamped to ``factors``, and IPv6 networks longer than /64 are widened to the /64 around them.
    public init(_ entries: [(network: IPNetwork, factor: Int)] = []) {
        for (network, factor) in entries {
            let key = LimitNetwork(network)
            let factor = min(max(factor, Self.factors.lowerBound), Self.factors.upperBound)
            if let index = groups.firstIndex(where: { $0.isIPv6 == key.isIPv6 && $0.length == key.length }) {
                groups[index].factors[key.bits] = factor
            } else {
                groups.append(Group(isIPv6: key.isIPv6, length: key.length, factors: [key.bits: factor]))
            }
        }
        groups.sort { $0.length > $1.length }
    }

    /// The multiple of a source, or of a shared bucket where one network of the list holds all of its sources; otherwise 1.
    func factor(for network: LimitNetwork) -> Int {
        for group in groups where group.isIPv6 == network.isIPv6 && group.length <= network.length {
            if let factor = group.factors[network.widened(to: group.length).bits] { return factor }
        }
        return 1
    }
}
