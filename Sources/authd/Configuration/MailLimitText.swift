// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// How many mails go to one address, as a setting spells it: `3/h,10/d`.
enum MailLimitText {
    /// How many mails may be allowed in an hour and in a day.
    static let counts = 1...1_000

    /// What the limit may be, in a sentence of the reference.
    static let bounds =
        "Counts that are not from \(counts.lowerBound) to \(counts.upperBound), or fewer in a day than in an hour."

    /// The limit that a text spells; `nil` for any other text and for what is out of bounds.
    static func rule(_ text: String) -> MailBudget.Rule? {
        let parts = text.utf8.filter { $0 != UInt8(ascii: " ") }
            .split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard parts.count == 2, let hourly = count(parts[0], per: "/h"), let daily = count(parts[1], per: "/d"),
            hourly <= daily
        else { return nil }
        return MailBudget.Rule(perHour: hourly, perDay: daily)
    }

    /// The text that spells a limit.
    static func text(_ rule: MailBudget.Rule) -> String {
        "\(rule.hourly.capacity)/h,\(rule.daily.capacity)/d"
    }

    private static func count(_ octets: ArraySlice<UInt8>, per unit: String) -> Int? {
        guard octets.suffix(unit.utf8.count).elementsEqual(unit.utf8),
            let count = RateLimitText.number(octets.dropLast(unit.utf8.count)), counts.contains(count)
        else { return nil }
        return count
    }
}
