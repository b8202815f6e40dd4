// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import authd

@Suite("Web addresses")
struct WebAddressTests {
    @Test(
        "are a scheme, a host and perhaps a port and a path",
        arguments: [
            "https://a", "http://a.example", "https://a.example:8443/x/y", "http://[::1]:80", "https://a_b.example/",
        ])
    func good(url: String) {
        #expect(WebAddress(url) != nil)
    }

    @Test(
        "are nothing else",
        arguments: [
            "", "https:", "https://", "https:///x", "HTTPS://a", "ftp://a", "//a", "https://a:0", "https://a:65536",
            "https://a:", "https://a:x", "https://u@a", "https://a?x", "https://a/?x", "https://a/#x", "https://a\\b",
            "https://a b", "https://ä", "https://[::1", "https://[]", "https://a\n",
            "https://" + String(repeating: "a", count: 3_000),
        ])
    func bad(url: String) {
        #expect(WebAddress(url) == nil)
    }

    @Test("are origins without a path and in lower case")
    func origins() {
        #expect(WebAddress("https://a.example:8443")?.isOrigin == true)
        #expect(WebAddress("https://a.example/")?.isOrigin == false)
        #expect(WebAddress("https://A.example")?.isOrigin == false)
    }
}
