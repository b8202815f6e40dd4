// SPDX-License-Identifier: Apache-2.0

extension Timestamp {
    /// The instant in UTC as RFC 3339 text with microseconds, such as `2026-03-01T12:00:00.000001Z`.
    ///
    /// Years outside 0000–9999, which RFC 3339 cannot write, are shown as the nearest instant it can.
    public var rfc3339: String {
        let earliest: Int64 = -62_167_219_200
        let latest: Int64 = 253_402_300_799
        let whole = min(max(seconds, earliest), latest)
        let fraction = whole == seconds ? microseconds - whole * 1_000_000 : 0
        let day = CivilDay(daysSinceEpoch: Int(whole.flooredDivision(by: 86_400)))
        let second = Int(whole - whole.flooredDivision(by: 86_400) * 86_400)
        var text: [UInt8] = []
        text.reserveCapacity(27)
        text.append(decimal: day.year, width: 4)
        text.append(UInt8(ascii: "-"))
        text.append(decimal: day.month, width: 2)
        text.append(UInt8(ascii: "-"))
        text.append(decimal: day.day, width: 2)
        text.append(UInt8(ascii: "T"))
        text.append(decimal: second / 3_600, width: 2)
        text.append(UInt8(ascii: ":"))
        text.append(decimal: second / 60 % 60, width: 2)
        text.append(UInt8(ascii: ":"))
        text.append(decimal: second % 60, width: 2)
        text.append(UInt8(ascii: "."))
        text.append(decimal: Int(fraction), width: 6)
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }
}

/// A day of the proleptic Gregorian calendar.
package struct CivilDay: Equatable, Sendable {
    package let year: Int
    package let month: Int
    package let day: Int

    /// Finds the date by counting in 400-year eras that begin on 1 March, where leap days come last.
    package init(daysSinceEpoch: Int) {
        let shifted = daysSinceEpoch + 719_468
        let era = Int(Int64(shifted).flooredDivision(by: 146_097))
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
}

extension Int64 {
    fileprivate func flooredDivision(by divisor: Int64) -> Int64 {
        self / divisor - (self % divisor < 0 ? 1 : 0)
    }
}

extension [UInt8] {
    fileprivate mutating func append(decimal number: Int, width: Int) {
        var divisor = 1
        for _ in 1..<width { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
            divisor /= 10
        }
    }
}
