// SPDX-License-Identifier: Apache-2.0

/// An IPv4 or IPv6 address without port or zone.
///
/// An IPv4 address mapped into IPv6 (`::ffff:192.0.2.1`) becomes the IPv4 address, so that one peer has one value
/// whichever kind of socket it came through.
public struct IPAddress: Hashable, Sendable {
    /// The address family.
    public enum Family: Hashable, Sendable {
        /// 32 bits.
        case v4
        /// 128 bits.
        case v6
    }

    /// The family after unmapping.
    public let family: Family
    /// The upper 64 bits of an IPv6 address; 0 for IPv4.
    package let high: UInt64
    /// The lower 64 bits of an IPv6 address, or the 32 bits of an IPv4 address.
    package let low: UInt64

    /// An IPv4 address from its 32 bits, most significant octet first.
    package init(v4 bits: UInt32) {
        self.init(uncheckedFamily: .v4, high: 0, low: UInt64(bits))
    }

    /// An IPv6 address from its two halves; a mapped IPv4 address is unmapped.
    package init(v6 high: UInt64, _ low: UInt64) {
        if high == 0, low >> 32 == 0xffff {
            self.init(v4: UInt32(truncatingIfNeeded: low))
        } else {
            self.init(uncheckedFamily: .v6, high: high, low: low)
        }
    }

    /// Parses the textual form; `nil` for anything `inet_pton` refuses, and for zones and brackets.
    ///
    /// Leading zeros in IPv4 octets are refused, because readers disagree on whether they mean octal.
    public init?(_ text: some StringProtocol) {
        guard (2...45).contains(text.utf8.count), let address = IPAddressText.read(Array(text.utf8)) else { return nil }
        self = address
    }

    /// The number of bits in an address of this family.
    var bitWidth: Int { family == .v4 ? 32 : 128 }

    /// The address with all but the first `length` bits cleared.
    ///
    /// Lengths outside the family's range are clamped.
    package func prefix(_ length: Int) -> IPAddress {
        let length = min(max(length, 0), bitWidth)
        switch family {
        case .v4:
            let mask: UInt64 = length == 0 ? 0 : (UInt64(0xffff_ffff) << UInt64(32 - length)) & 0xffff_ffff
            return IPAddress(uncheckedFamily: .v4, high: 0, low: low & mask)
        case .v6:
            let highMask: UInt64 = length >= 64 ? .max : ~(UInt64.max >> UInt64(length))
            let lowMask: UInt64 = length <= 64 ? 0 : ~(UInt64.max >> UInt64(length - 64))
            return IPAddress(
                uncheckedFamily: .v6, high: high & highMask, low: length == 128 ? low : low & lowMask)
        }
    }

    private init(uncheckedFamily family: Family, high: UInt64, low: UInt64) {
        self.family = family
        self.high = high
        self.low = low
    }

    /// The network that one customer may hold whole, as text: the /48 of an IPv6 address.
    ///
    /// `nil` for an IPv4 address, of which few belong to one customer.
    package var customerNetwork: String? {
        guard family == .v6 else { return nil }
        return IPNetwork(self, length: 48).description
    }

    /// Whether the address belongs to the host itself (127.0.0.0/8 or ::1).
    public var isLoopback: Bool {
        switch family {
        case .v4: low >> 24 == 127
        case .v6: high == 0 && low == 1
        }
    }

    /// Whether the address is of a private network (RFC 1918; RFC 4193) or of one link.
    package var isPrivate: Bool {
        switch family {
        case .v4: low >> 24 == 10 || low >> 20 == 0xac1 || low >> 16 == 0xc0a8 || low >> 16 == 0xa9fe
        case .v6: high >> 57 == 0x7e || high >> 54 == 0x3fa
        }
    }
}

extension IPAddress: CustomStringConvertible {
    /// The canonical text: dotted decimal, or RFC 5952.
    public var description: String { IPAddressText.write(self) }
}
