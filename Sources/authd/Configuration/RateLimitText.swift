// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// A rate limit as a setting spells it: `10/60s`, `10/1m`, `60/1h`.
enum RateLimitText {
    /// How many requests a limit may allow in its period.
    static let counts = 1...100_000
    /// How long its period may be, in seconds.
    static let seconds = 1...86_400

    /// What a limit may be, in a sentence of the reference.
    static let bounds =
        "A count that is not from \(counts.lowerBound) to \(counts.upperBound), or a period that is not from "
        + "\(seconds.lowerBound) second to \(seconds.upperBound / 3_600) hours."

    /// The limit that a text spells; `nil` for any other text and for what is out of bounds.
    static func rule(_ text: String) -> TokenBucket.Rule? {
        let octets = text.utf8
        guard let slash = octets.firstIndex(of: UInt8(ascii: "/")), let unit = octets.last,
            let count = number(octets[..<slash]), counts.contains(count),
            let amount = number(octets[octets.index(after: slash)...].dropLast())
        else { return nil }
        let scale: Int
        switch unit {
        case UInt8(ascii: "s"): scale = 1
        case UInt8(ascii: "m"): scale = 60
        case UInt8(ascii: "h"): scale = 3_600
        default: return nil
        }
        guard seconds.contains(amount * scale) else { return nil }
        return TokenBucket.Rule(count, per: .seconds(amount * scale))
    }

    /// The text that spells a limit whose period is a whole number of seconds.
    static func text(_ rule: TokenBucket.Rule) -> String {
        "\(rule.capacity)/\((rule.interval * rule.capacity).components.seconds)s"
    }

    /// A number of at most six digits without leading zeros.
    static func number(_ octets: some Collection<UInt8>) -> Int? {
        guard (1...6).contains(octets.count), octets.allSatisfy({ (0x30...0x39).contains($0) }),
            octets.first != 0x30 || octets.count == 1
        else { return nil }
        return octets.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}
