// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Reading RFC 3339") struct TimestampParsingTests {
    @Test(
        "text is read as it was written",
        arguments: [
            0, 1, -1, 1_772_366_400_000_000, 951_782_399_999_999, 951_868_800_000_000, -62_135_596_800_000_000,
            253_402_300_799_999_999, -62_167_219_200_000_000,
        ] as [Int64])
    func roundTrip(_ microseconds: Int64) {
        let time = Timestamp(microseconds: microseconds)

        #expect(Timestamp(rfc3339: time.rfc3339) == time)
    }

    @Test("the fraction may be shorter or missing")
    func fractions() {
        #expect(Timestamp(rfc3339: "1970-01-01T00:00:01Z") == Timestamp(seconds: 1))
        #expect(Timestamp(rfc3339: "1970-01-01T00:00:00.5Z") == Timestamp(microseconds: 500_000))
        #expect(Timestamp(rfc3339: "2024-02-29T23:59:59.000001Z")?.rfc3339 == "2024-02-29T23:59:59.000001Z")
    }

    @Test(
        "anything else is refused",
        arguments: [
            "", "Z", "2026-03-01", "2026-03-01T12:00:00", "2026-03-01T12:00:00+00:00", "2026-03-01t12:00:00Z",
            "2026-02-29T12:00:00Z", "2026-13-01T12:00:00Z", "2026-00-01T12:00:00Z", "2026-04-31T12:00:00Z",
            "2026-03-00T12:00:00Z", "2026-03-01T24:00:00Z", "2026-03-01T12:60:00Z", "2026-03-01T12:00:60Z",
            "2026-03-01T12:00:00.Z", "2026-03-01T12:00:00.1234567Z", "2026-03-01T12:00:00,5Z", "+026-03-01T12:00:00Z",
            "2026-03-01T12:00:0éZ",
        ])
    func refusals(_ text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }
}
