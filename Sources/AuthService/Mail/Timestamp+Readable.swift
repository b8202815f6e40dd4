// SPDX-License-Identifier: Apache-2.0

import AuthCore

extension Timestamp {
    /// The instant to the minute, as people read it in a mail: `27 November 2026, 08:13 UTC`.
    var readable: String {
        let secondsOfDay = ((seconds % 86_400) + 86_400) % 86_400
        let day = CivilDay(daysSinceEpoch: Int((seconds - secondsOfDay) / 86_400))
        func twoDigits(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let time = "\(twoDigits(secondsOfDay / 3_600)):\(twoDigits(secondsOfDay / 60 % 60))"
        return "\(day.day) \(Self.months[day.month - 1]) \(day.year), \(time) UTC"
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
}
