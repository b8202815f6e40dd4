// SPDX-License-Identifier: Apache-2.0

/// A 128-bit identifier of version 7: time-ordered, so that rows made together lie together in an index.
///
/// Only the text form with lower-case hexadecimal digits and hyphens is read, and any version is accepted when reading,
/// because an identifier is opaque to everyone but its maker.
///
/// - Source: RFC 9562 §5.7.
public struct UUIDv7: Hashable, Comparable, Sendable {
    /// The first eight octets, most significant first: 48 bits of milliseconds, the version, 12 random bits.
    public let high: UInt64
    /// The last eight octets, most significant first: the variant and 62 random bits.
    public let low: UInt64

    /// Makes an identifier from its two halves as stored.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Makes the identifier for an instant from ten random octets, of which 74 bits are used.
    ///
    /// Times before 1970 count as 1970. `random` shorter than ten octets is padded with zeros, which only a test would do.
    public init(at instant: Timestamp, random: [UInt8]) {
        let milliseconds = UInt64(max(0, instant.microseconds / 1_000)) & 0xFFFF_FFFF_FFFF
        var octets = random.prefix(10).map(UInt64.init)
        while octets.count < 10 { octets.append(0) }
        high = milliseconds << 16 | 0x7000 | (octets[0] << 8 | octets[1]) & 0x0FFF
        low = 0x8000_0000_0000_0000 | octets[2...].reduce(0) { $0 << 8 | $1 } & 0x3FFF_FFFF_FFFF_FFFF
    }

    /// Reads the canonical text form; anything else, upper case included, gives `nil`.
    public init?(_ text: some StringProtocol) {
        var halves: (UInt64, UInt64) = (0, 0)
        var digits = 0
        var position = 0
        for octet in text.utf8 {
            if position == 8 || position == 13 || position == 18 || position == 23 {
                guard octet == UInt8(ascii: "-") else { return nil }
            } else {
                let digit: UInt8
                switch octet {
                case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = octet - UInt8(ascii: "0")
                case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = octet - UInt8(ascii: "a") + 10
                default: return nil
                }
                if digits < 16 {
                    halves.0 = halves.0 << 4 | UInt64(digit)
                } else {
                    halves.1 = halves.1 << 4 | UInt64(digit)
                }
                digits += 1
            }
            position += 1
            guard position <= 36 else { return nil }
        }
        guard position == 36 else { return nil }
        (high, low) = halves
    }

    /// The sixteen octets in network order.
    public var octets: [UInt8] {
        (0..<16).map { index in
            let half = index < 8 ? high : low
            return UInt8(truncatingIfNeeded: half >> UInt64(8 * (7 - index % 8)))
        }
    }

    /// Reads sixteen octets in network order; any other number of them gives `nil`.
    public init?(octets: some Collection<UInt8>) {
        guard octets.count == 16 else { return nil }
        high = octets.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        low = octets.suffix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Orders by time of making, then at random.
    public static func < (left: UUIDv7, right: UUIDv7) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

extension UUIDv7: CustomStringConvertible {
    /// The canonical text form: 36 characters, lower case.
    public var description: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for position in 0..<32 {
            if position == 8 || position == 12 || position == 16 || position == 20 { text.append(UInt8(ascii: "-")) }
            let half = position < 16 ? high : low
            text.append(digits[Int(half >> UInt64(60 - position % 16 * 4) & 0xF)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
