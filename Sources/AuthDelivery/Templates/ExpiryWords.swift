// SPDX-License-Identifier: Apache-2.0

/// How long a token lives, in words and never longer than it does.
enum ExpiryWords {
    /// Rounds down to whole minutes, hours or days, in the largest unit that loses little.
    ///
    /// `90 minutes`, `24 hours`, `3 days`; below a minute it says seconds.
    static func words(for duration: Duration) -> String {
        let seconds = max(0, duration.components.seconds)
        let minutes = seconds / 60
        let hours = seconds / 3600
        if seconds < 60 { return counted(seconds, "second") }
        if hours < 1 || (hours < 3 && minutes % 60 != 0) { return counted(minutes, "minute") }
        return hours < 48 ? counted(hours, "hour") : counted(hours / 24, "day")
    }

    private static func counted(_ number: Int64, _ unit: String) -> String {
        number == 1 ? "1 \(unit)" : "\(number) \(unit)s"
    }
}
