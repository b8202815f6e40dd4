// SPDX-License-Identifier: Apache-2.0

internal import Glibc

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
        let text = String(text)
        guard (2...45).contains(text.utf8.count), !text.utf8.contains(0) else { return nil }
        if text.utf8.contains(UInt8(ascii: ":")) {
            var address = in6_addr()
            guard inet_pton(AF_INET6, text, &address) == 1 else { return nil }
            let halves = withUnsafeBytes(of: &address) { bytes in
                (
                    bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self).bigEndian,
                    bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self).bigEndian
                )
            }
            self.init(v6: halves.0, halves.1)
        } else {
            var address = in_addr()
            guard inet_pton(AF_INET, text, &address) == 1 else { return nil }
            self.init(v4: UInt32(bigEndian: address.s_addr))
        }
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
    public var description: String {
        switch family {
        case .v4:
            return "\(low >> 24).\((low >> 16) & 0xff).\((low >> 8) & 0xff).\(low & 0xff)"
        case .v6:
            var address = in6_addr()
            withUnsafeMutableBytes(of: &address) { bytes in
                bytes.storeBytes(of: high.bigEndian, toByteOffset: 0, as: UInt64.self)
                bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
            return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { buffer in
                guard let base = buffer.baseAddress,
                    inet_ntop(AF_INET6, &address, base, socklen_t(buffer.count)) != nil
                else { return "::" }
                return String(cString: base)
            }
        }
    }
}
