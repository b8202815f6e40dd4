// SPDX-License-Identifier: Apache-2.0

/// The text of addresses, as `inet_pton` reads it and `inet_ntop` writes it.
enum IPAddressText {
    /// Reads an address without zone and brackets; `nil` for what is none.
    ///
    /// Cost: at most one pass over the octets, of which the caller bounds the number.
    static func read(_ octets: [UInt8]) -> IPAddress? {
        guard octets.contains(UInt8(ascii: ":")) else { return dotted(octets[...]).map { IPAddress(v4: $0) } }
        return groups(octets)
    }

    /// Four decimal numbers without leading zeros.
    private static func dotted(_ octets: ArraySlice<UInt8>) -> UInt32? {
        let parts = octets.split(separator: UInt8(ascii: "."), maxSplits: 4, omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bits: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.count), part.count == 1 || part.first != UInt8(ascii: "0") else { return nil }
            var value: UInt32 = 0
            for digit in part {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
                value = value * 10 + UInt32(digit & 0x0F)
            }
            guard value <= 255 else { return nil }
            bits = bits << 8 | value
        }
        return bits
    }

    /// Groups of up to four hexadecimal digits, of which `::` stands for at least one; the last two may be dotted.
    private static func groups(_ octets: [UInt8]) -> IPAddress? {
        let colon = UInt8(ascii: ":")
        var groups: [UInt64] = []
        var gap: Int?
        var rest = octets[...]
        if rest.starts(with: [colon, colon]) {
            gap = 0
            rest = rest.dropFirst(2)
        }
        while let first = rest.first {
            let digits = rest.prefix { HexadecimalDigit.value(of: $0) != nil }
            guard first != colon, groups.count < 8 else { return nil }
            let next = rest.dropFirst(digits.count)
            if next.first == UInt8(ascii: ".") {
                guard groups.count <= 6, let bits = dotted(rest) else { return nil }
                groups += [UInt64(bits >> 16), UInt64(bits & 0xFFFF)]
                break
            }
            guard (1...4).contains(digits.count) else { return nil }
            groups.append(digits.reduce(0) { $0 << 4 | UInt64(HexadecimalDigit.value(of: $1) ?? 0) })
            guard let separator = next.first else { break }
            rest = next.dropFirst()
            guard separator == colon, let following = rest.first else { return nil }
            if following == colon {
                guard gap == nil else { return nil }
                gap = groups.count
                rest = rest.dropFirst()
            }
        }
        if let gap {
            guard groups.count < 8 else { return nil }
            groups.insert(contentsOf: Array(repeating: 0, count: 8 - groups.count), at: gap)
        }
        guard groups.count == 8 else { return nil }
        return IPAddress(
            v6: groups[..<4].reduce(0) { $0 << 16 | $1 }, groups[4...].reduce(0) { $0 << 16 | $1 })
    }

    /// Writes the canonical text: dotted decimal, or RFC 5952, dotted at the end where only that is not zero.
    static func write(_ address: IPAddress) -> String {
        switch address.family {
        case .v4: return dotted(address.low)
        case .v6:
            let groups = [address.high, address.low].flatMap { half in
                stride(from: UInt64(48), through: 0, by: -16).map { half >> $0 & 0xFFFF }
            }
            let zeros = longestZeros(groups)
            // Such an address is an IPv4 one with 96 zeros before it.
            if zeros == 0..<6 { return "::" + dotted(address.low) }
            let words = groups.map { String($0, radix: 16) }
            guard zeros.count > 1 else { return words.joined(separator: ":") }
            return words[..<zeros.lowerBound].joined(separator: ":") + "::"
                + words[zeros.upperBound...].joined(separator: ":")
        }
    }

    private static func dotted(_ bits: UInt64) -> String {
        "\(bits >> 24 & 0xFF).\(bits >> 16 & 0xFF).\(bits >> 8 & 0xFF).\(bits & 0xFF)"
    }

    /// The first of the longest runs of zeros; empty where there is none.
    private static func longestZeros(_ groups: [UInt64]) -> Range<Int> {
        var longest = 0..<0
        var start: Int?
        for (index, group) in groups.enumerated() {
            guard group == 0 else {
                start = nil
                continue
            }
            let run = (start ?? index)..<(index + 1)
            start = run.lowerBound
            if run.count > longest.count { longest = run }
        }
        return longest
    }
}
