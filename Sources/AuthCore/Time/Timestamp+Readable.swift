// SPDX-License-Identifier: Apache-2.0

extension Timestamp {
    /// The instant to the minute, as people read it in a mail or on a page: `27 November 2026, 08:13 UTC`.
    ///
    /// Without a language it is the same for readers of all: `2026-11-27 08:13 UTC`.
    package func readable(in language: Language?) -> String {
        let secondsOfDay = ((seconds % 86_400) + 86_400) % 86_400
        let day = CivilDay(daysSinceEpoch: Int((seconds - secondsOfDay) / 86_400))
        func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let time = "\(twoDigits(Int(secondsOfDay / 3_600))):\(twoDigits(Int(secondsOfDay / 60 % 60)))"
        return switch language {
        case .english: "\(day.day) \(Self.englishMonths[day.month - 1]) \(day.year), \(time) UTC"
        case .german: "\(day.day). \(Self.germanMonths[day.month - 1]) \(day.year), \(time) Uhr (UTC)"
        case nil: "\(day.year)-\(twoDigits(day.month))-\(twoDigits(day.day)) \(time) UTC"
        }
    }

    private static let englishMonths = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    private static let germanMonths = [
        "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
        "Dezember",
    ]
}
