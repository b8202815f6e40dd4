// SPDX-License-Identifier: Apache-2.0

extension Timestamp {
    /// Reads RFC 3339 text in UTC: `2026-03-01T12:00:00Z`, with up to six digits of a second where they are given.
    ///
    /// Offsets other than `Z`, leap seconds and days that no month has are `nil`.
    public init?(rfc3339 text: String) {
        let octets = Array(text.utf8)
        guard octets.count >= 20, octets.last == UInt8(ascii: "Z") else { return nil }
        func number(_ range: Range<Int>) -> Int64? {
            var value: Int64 = 0
            for octet in octets[range] {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet) else { return nil }
                value = value * 10 + Int64(octet - UInt8(ascii: "0"))
            }
            return value
        }
        let marks: [(Int, UInt8)] = [
            (4, UInt8(ascii: "-")), (7, UInt8(ascii: "-")), (10, UInt8(ascii: "T")), (13, UInt8(ascii: ":")),
            (16, UInt8(ascii: ":")),
        ]
        guard marks.allSatisfy({ octets[$0.0] == $0.1 }), let year = number(0..<4), let month = number(5..<7),
            let day = number(8..<10), let hour = number(11..<13), let minute = number(14..<16),
            let second = number(17..<19), (1...12).contains(month), hour < 24, minute < 60, second < 60
        else { return nil }
        var microseconds: Int64 = 0
        if octets.count > 20 {
            let digits = octets.count - 21
            guard octets[19] == UInt8(ascii: "."), (1...6).contains(digits), let fraction = number(20..<20 + digits)
            else { return nil }
            microseconds = (0..<6 - digits).reduce(fraction) { value, _ in value * 10 }
        }
        // Counted in years that begin on 1 March, where the leap day is the last.
        let marchYear = month <= 2 ? year - 1 : year
        let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        let civil = CivilDay(daysSinceEpoch: Int(days))
        guard civil.month == Int(month), civil.day == Int(day) else { return nil }
        self.init(microseconds: (days * 86_400 + hour * 3_600 + minute * 60 + second) * 1_000_000 + microseconds)
    }
}
