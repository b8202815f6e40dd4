// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Place of a sign-in")
struct SignInPlaceTests {
    @Test(
        "a user agent belongs to one family of a closed list, whatever it claims besides",
        arguments: [
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
                "Safari on macOS"
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/126.0 Mobile/15E148 Safari/604.1",
                "Chrome on iOS"
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0",
                "Edge on Windows"
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0 Mobile Safari/537.36",
                "Samsung Internet on Android"
            ),
            (
                "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36",
                "Chrome on ChromeOS"
            ),
            ("curl/8.5.0", "curl"), ("python-requests/2.32", "Python"), ("", "an unknown device"),
            ("{{app}} <b>Linux</b>\u{202E}", "an unknown browser on Linux"),
        ])
    func families(userAgent: String, device: String) {
        let place = SignInPlace(source: "192.0.2.1", sourceNetwork: nil, userAgent: userAgent)
        #expect(place?.device == device)
    }

    @Test(
        "only an IPv4 address has a /24",
        arguments: ["", "192.0.2", "192.0.2.1.5", "192.0.2.256", "a.b.c.d", "192.0..1", "::1"])
    func noNetwork(source: String) {
        #expect(SignInPlace(source: source, sourceNetwork: nil, userAgent: nil) == nil)
    }

    @Test("a decision about a clock that was set back remembers the place and is not new")
    func clockSetBack() {
        let now = Timestamp(seconds: 1_000_000)
        let stored = RememberedPlace(digest: [1], seenAt: now + .seconds(90 * 86_400))
        let decision = NewDevice.decide([[1]], isExpected: false, stored: [stored], at: now)
        #expect(!decision.isNew && decision.remembered == nil)
    }
}
