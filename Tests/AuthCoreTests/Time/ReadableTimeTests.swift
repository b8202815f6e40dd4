// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AuthCore

@Suite("Times and places in words")
struct ReadableTimeTests {
    @Test(
        "a time is shown to the minute in UTC",
        arguments: [
            ("2026-11-27T08:13:58Z", "27 November 2026, 08:13 UTC", "27. November 2026, 08:13 Uhr (UTC)"),
            ("2024-02-29T23:59:59.999999Z", "29 February 2024, 23:59 UTC", "29. Februar 2024, 23:59 Uhr (UTC)"),
            ("2026-12-31T00:05:00Z", "31 December 2026, 00:05 UTC", "31. Dezember 2026, 00:05 Uhr (UTC)"),
            ("1969-12-31T23:59:59.5Z", "31 December 1969, 23:59 UTC", "31. Dezember 1969, 23:59 Uhr (UTC)"),
        ])
    func time(instant: String, english: String, german: String) throws {
        let time = try #require(Timestamp(rfc3339: instant))
        #expect(time.readable(in: .english) == english)
        #expect(time.readable(in: .german) == german)
    }

    @Test("for other languages a time has no words")
    func wordless() throws {
        let time = try #require(Timestamp(rfc3339: "2026-03-01T08:13:58Z"))
        #expect(time.readable(in: nil) == "2026-03-01 08:13 UTC")
    }

    @Test(
        "a network is shown by the part of the address that all of it shares",
        arguments: [
            ("192.0.2.77", nil, "IP address 192.0.2.x", "IP-Adresse 192.0.2.x"),
            ("10.0.0.1", nil, "IP address 10.0.0.x", "IP-Adresse 10.0.0.x"),
            ("2001:db8:1:2::3", "2001:db8:1::/48", "IP address 2001:db8:1:x", "IP-Adresse 2001:db8:1:x"),
        ] as [(String, String?, String, String)])
    func network(source: String, network: String?, english: String, german: String) throws {
        let place = try #require(SignInPlace(source: source, sourceNetwork: network, userAgent: nil))
        #expect(place.network(in: .english) == english)
        #expect(place.network(in: .german) == german)
    }

    @Test(
        "a device is named in the reader's language",
        arguments: [
            ("Mozilla/5.0 (Windows NT 10.0) Firefox/140.0", "Firefox on Windows", "Firefox unter Windows"),
            ("curl/8.5.0", "curl", "curl"), ("", "an unknown device", "ein unbekanntes Gerät"),
            ("Linux", "an unknown browser on Linux", "ein unbekannter Browser unter Linux"),
            ("okhttp Android", "an Android app on Android", "eine Android-App unter Android"),
            ("CFNetwork", "an Apple app", "eine Apple-App"),
            ("SamsungBrowser/ Android", "Samsung Internet on Android", "Samsung Internet unter Android"),
        ])
    func device(agent: String, english: String, german: String) throws {
        let place = try #require(SignInPlace(source: "192.0.2.1", sourceNetwork: nil, userAgent: agent))
        #expect(place.device(in: .english) == english)
        #expect(place.device(in: .german) == german)
    }
}
