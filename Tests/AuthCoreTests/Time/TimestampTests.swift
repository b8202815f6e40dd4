// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Timestamp")
struct TimestampTests {
    struct Case: CustomTestStringConvertible {
        let microseconds: Int64
        let text: String
        var testDescription: String { text }
    }

    @Test(
        "is written as RFC 3339 in UTC",
        arguments: [
            Case(microseconds: 0, text: "1970-01-01T00:00:00.000000Z"),
            Case(microseconds: -1, text: "1969-12-31T23:59:59.999999Z"),
            Case(microseconds: 951_782_400_000_001, text: "2000-02-29T00:00:00.000001Z"),
            Case(microseconds: 1_709_251_199_123_456, text: "2024-02-29T23:59:59.123456Z"),
            Case(microseconds: 4_107_542_400_000_000, text: "2100-03-01T00:00:00.000000Z"),
            Case(microseconds: 253_402_300_799_999_999, text: "9999-12-31T23:59:59.999999Z"),
            Case(microseconds: .max, text: "9999-12-31T23:59:59.000000Z"),
            Case(microseconds: .min, text: "0000-01-01T00:00:00.000000Z"),
        ])
    func rendering(_ sample: Case) {
        #expect(Timestamp(microseconds: sample.microseconds).rfc3339 == sample.text)
    }

    @Test("every day of four centuries follows the one before")
    func calendar() throws {
        var previous = CivilDay(daysSinceEpoch: -1)
        for day in 0..<146_097 {
            let civil = CivilDay(daysSinceEpoch: day)
            if civil.day == 1 {
                #expect(previous.day >= 28)
                #expect(civil.month == previous.month % 12 + 1)
            } else {
                try #require(civil.day == previous.day + 1 && civil.month == previous.month)
            }
            previous = civil
        }
        #expect(previous == CivilDay(daysSinceEpoch: 146_096))
        #expect(CivilDay(daysSinceEpoch: 146_097).year == 2370)
    }

    @Test("arithmetic saturates instead of trapping")
    func saturation() {
        let end = Timestamp(microseconds: .max)
        let start = Timestamp(microseconds: .min)

        #expect(end + .seconds(1) == end)
        #expect(start - .seconds(1) == start)
        #expect(start + .seconds(Int64.min) == start)
        #expect(Timestamp(seconds: .max) == end)
        #expect(Timestamp(seconds: .min) == start)
        #expect(end - start == .microseconds(Int64.max))
        #expect(start - end == .microseconds(Int64.min))
    }

    @Test("seconds round down on both sides of the epoch")
    func seconds() {
        #expect(Timestamp(microseconds: 1_999_999).seconds == 1)
        #expect(Timestamp(microseconds: -1).seconds == -1)
        #expect(Timestamp(microseconds: -1_000_000).seconds == -1)
        #expect(Timestamp(microseconds: -1_000_001).seconds == -2)
    }
}
