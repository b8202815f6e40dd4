// SPDX-License-Identifier: Apache-2.0

/// What an administrator asks for with `ban_duration`.
public enum SupabaseBan: Hashable, Sendable {
    /// The ban is lifted.
    case lifted
    /// The user is banned for so long from now on.
    case lasting(Duration)

    /// The longest ban: a hundred years.
    public static let longest = Duration.seconds(876_600 * 3_600)
    /// The longest text in octets.
    public static let maximumBytes = 64

    /// Reads `none`, or a duration as Go writes it, such as `1h30m` or `1.5h`; `nil` for anything else.
    ///
    /// Units are `h`, `m`, `s` and `ms`. A negative one is refused, and so is one that is longer than ``longest``.
    ///
    /// - Source: Go's `time.ParseDuration`.
    public static func parse(_ text: String) -> SupabaseBan? {
        if text.hasSameOctets(as: "none") { return .lifted }
        guard (1...maximumBytes).contains(text.utf8.count) else { return nil }
        if text.hasSameOctets(as: "0") { return .lasting(.zero) }
        var rest = text.utf8[...]
        if rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        guard !rest.isEmpty else { return nil }
        var total: Int64 = 0
        while !rest.isEmpty {
            guard let part = nextPart(of: &rest) else { return nil }
            // Both are below the longest ban.
            total += part
            guard total <= longest.microseconds else { return nil }
        }
        return .lasting(.microseconds(total))
    }

    /// The microseconds of a number with its unit, which are taken off; `nil` for what is none, or is longer than the longest.
    private static func nextPart(of rest: inout Substring.UTF8View) -> Int64? {
        let whole = digits(of: &rest)
        var fraction: [Int64] = []
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            fraction = digits(of: &rest)
        }
        guard !whole.isEmpty || !fraction.isEmpty, let scale = unit(of: &rest) else { return nil }
        var value: Int64 = 0
        for digit in whole {
            value = value * 10 + digit
            // Well below what ten times as much would overflow.
            guard value <= longest.microseconds else { return nil }
        }
        let (scaled, overflow) = value.multipliedReportingOverflow(by: scale)
        guard !overflow, scaled <= longest.microseconds else { return nil }
        var part = scaled
        var weight = scale
        for digit in fraction {
            weight /= 10
            part += digit * weight
        }
        return part <= longest.microseconds ? part : nil
    }

    private static func digits(of rest: inout Substring.UTF8View) -> [Int64] {
        let octets = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        rest = rest.dropFirst(octets.count)
        return octets.map { Int64($0 & 0x0F) }
    }

    /// The microseconds of a unit.
    private static func unit(of rest: inout Substring.UTF8View) -> Int64? {
        let octets = rest.prefix { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
        rest = rest.dropFirst(octets.count)
        return switch WireText(String(decoding: octets, as: UTF8.self)) {
        case "h": 3_600_000_000
        case "m": 60_000_000
        case "s": 1_000_000
        case "ms": 1_000
        default: nil
        }
    }
}
