// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@testable import AuthDelivery

@Suite("Dates of certificates")
struct CertificateDateTests {
    @Test(
        "are read as OpenSSL prints them",
        arguments: [
            ("Nov  9 12:00:01 2026 GMT", "2026-11-09T12:00:01Z"), ("Feb 29 00:00:00 2028 GMT", "2028-02-29T00:00:00Z"),
        ])
    func dates(text: String, expected: String) {
        #expect(Timestamp(certificateDate: text)?.rfc3339 == Timestamp(rfc3339: expected)?.rfc3339)
        #expect(Timestamp(certificateDate: text) != nil)
    }

    @Test(
        "are not guessed",
        arguments: [
            "", "Nov 9 12:00:01 2026", "Nov 9 12:00:01 2026 CET", "Foo 9 12:00:01 2026 GMT", "Feb 30 12:00:01 2026 GMT",
        ])
    func others(text: String) {
        #expect(Timestamp(certificateDate: text) == nil)
    }
}
