// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

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
        let days = Int(seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400)
        let time = Int(seconds) - days * 86_400
        let day = CivilDay(daysSinceEpoch: days)
        let weekday = ((days + 4) % 7 + 7) % 7
        return "\(weekdays[weekday]), \(padded(day.day)) \(months[day.month - 1]) \(day.year) "
            + "\(padded(time / 3600)):\(padded(time / 60 % 60)):\(padded(time % 60)) GMT"
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func padded(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
