// SPDX-License-Identifier: Apache-2.0

/// The `Date` field of the current second, formatted once a second.
///
/// - Source: RFC 9110 §6.6.1, §5.6.7
struct DateHeader {
    private var second: Int64 = .min
    private(set) var line: [UInt8] = []

    /// Brings the line up to date; does nothing within one second.
    mutating func update(toSecond now: Int64) {
        guard now != second else { return }
        second = now
        line = Array("date: \(Self.format(now))\r\n".utf8)
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT` for seconds since 1970 without leap seconds.
    static func format(_ seconds: Int64) -> String {
        let days = floorDivide(seconds, 86_400)
        let time = seconds - days * 86_400
        // Days are counted from 1 March of a year 0 whose years end in February, so that leap days come last.
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let weekday = Int(days + 4 - floorDivide(days + 4, 7) * 7)
        return "\(weekdays[weekday]), \(padded(day)) \(months[Int(month - 1)]) \(year) "
            + "\(padded(time / 3600)):\(padded(time / 60 % 60)):\(padded(time % 60)) GMT"
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func padded(_ number: Int64) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }

    private static func floorDivide(_ dividend: Int64, _ divisor: Int64) -> Int64 {
        dividend >= 0 ? dividend / divisor : (dividend - divisor + 1) / divisor
    }
}
