// SPDX-License-Identifier: Apache-2.0

import AuthCore

extension Timestamp {
    /// The instant in UTC as RFC 5322 §3.3 writes dates: `Fri, 21 Nov 2025 01:34:00 +0000`.
    ///
    /// Years outside 1970–9999 are held at the nearest end.
    var mailDate: String {
        let bounded = min(max(seconds, 0), 253_402_300_799)
        let days = Int(bounded / 86_400)
        let second = Int(bounded % 86_400)
        let date = CivilDay(daysSinceEpoch: days)
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][days % 7]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let time = [second / 3600, second / 60 % 60, second % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return "\(weekday), \(date.day) \(months[date.month - 1]) \(date.year) \(time.joined(separator: ":")) +0000"
    }
}
