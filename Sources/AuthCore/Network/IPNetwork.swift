// SPDX-License-Identifier: Apache-2.0

/// A block of addresses in CIDR notation.
public struct IPNetwork: Hashable, Sendable {
    /// The first address of the block.
    public let base: IPAddress
    /// The number of leading bits that all its addresses share.
    public let length: Int

    /// Parses `address/length`, or a single address.
    ///
    /// `nil` if bits beyond the prefix are set, because such an entry does not say what its author meant.
    public init?(_ text: some StringProtocol) {
        guard let (base, length) = Self.parts(text), base.prefix(length) == base else { return nil }
        self.base = base
        self.length = length
    }

    /// The block that `address/length` lies in, whatever bits beyond the prefix are set: for telling an author what may be
    /// meant.
    public init?(enclosing text: some StringProtocol) {
        guard let (base, length) = Self.parts(text) else { return nil }
        self.base = base.prefix(length)
        self.length = length
    }

    /// The block of an address and its first `length` bits, which are held within the family's range.
    package init(_ address: IPAddress, length: Int) {
        self.length = min(max(length, 0), address.bitWidth)
        base = address.prefix(length)
    }

    private static func parts(_ text: some StringProtocol) -> (base: IPAddress, length: Int)? {
        let parts = String(text).utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { Substring($0) }
        guard let first = parts.first, parts.count <= 2, let base = IPAddress(first) else { return nil }
        var length = base.bitWidth
        if parts.count == 2 {
            let digits = parts[1]
            guard (1...3).contains(digits.utf8.count), digits.utf8.allSatisfy({ (48...57).contains($0) }),
                digits.utf8.count == 1 || digits.utf8.first != UInt8(ascii: "0"), let value = Int(digits)
            else { return nil }
            // A mapped IPv4 network counts its bits from the start of the IPv6 address.
            length = base.family == .v4 && first.utf8.contains(UInt8(ascii: ":")) ? value - 96 : value
        }
        return (0...base.bitWidth).contains(length) ? (base, length) : nil
    }

    /// Whether the block holds the address.
    ///
    /// Addresses of the other family never match.
    public func contains(_ address: IPAddress) -> Bool {
        address.family == base.family && address.prefix(length) == base
    }

    /// Parses a comma- or space-separated list, as in `TRUSTED_PROXIES`; `nil` if any entry is malformed.
    public static func list(_ text: String) -> [IPNetwork]? {
        var networks: [IPNetwork] = []
        for entry in text.utf8.split(whereSeparator: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: " ") }) {
            guard let network = IPNetwork(Substring(entry)) else { return nil }
            networks.append(network)
        }
        return networks
    }
}

extension IPNetwork: CustomStringConvertible {
    /// The block in CIDR notation.
    public var description: String { "\(base)/\(length)" }
}
