// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// How long a token lives, in words and never longer than it does.
enum ExpiryWords {
    private enum Unit {
        case seconds, minutes, hours, days
    }

    /// Rounds down to whole minutes, hours or days, in the largest unit that loses little.
    ///
    /// `90 minutes`, `24 hours`, `3 days`; below a minute it says seconds.
    static func words(for duration: Duration, in language: Language) -> String {
        let seconds = max(0, duration.components.seconds)
        let minutes = seconds / 60
        let hours = seconds / 3600
        if seconds < 60 { return counted(seconds, .seconds, language) }
        if hours < 1 || (hours < 3 && minutes % 60 != 0) { return counted(minutes, .minutes, language) }
        return hours < 48 ? counted(hours, .hours, language) : counted(hours / 24, .days, language)
    }

    /// Whole minutes, for templates in languages that this type has no words of.
    static func minutes(of duration: Duration) -> String {
        String(max(0, duration.components.seconds) / 60)
    }

    private static func counted(_ number: Int64, _ unit: Unit, _ language: Language) -> String {
        let words: (one: String, many: String) =
            switch (language, unit) {
            case (.english, .seconds): ("second", "seconds")
            case (.english, .minutes): ("minute", "minutes")
            case (.english, .hours): ("hour", "hours")
            case (.english, .days): ("day", "days")
            case (.german, .seconds): ("Sekunde", "Sekunden")
            case (.german, .minutes): ("Minute", "Minuten")
            case (.german, .hours): ("Stunde", "Stunden")
            case (.german, .days): ("Tag", "Tage")
            }
        return "\(number) \(number == 1 ? words.one : words.many)"
    }
}
