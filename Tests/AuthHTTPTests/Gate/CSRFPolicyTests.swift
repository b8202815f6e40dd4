// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AuthHTTP

@Suite("CSRF policy") struct CSRFPolicyTests {
    @Test(
        "the origin of a URL is what browsers send",
        arguments: [
            ("https://id.example", "https://id.example"), ("https://id.example:443/auth", "https://id.example"),
            ("http://ID.example:80", "http://id.example"), ("http://localhost:8000/", "http://localhost:8000"),
            ("https://id.example:80", "https://id.example:80"), ("http://[::1]:8000", "http://[::1]:8000"),
            ("ftp://id.example", nil), ("https:id.example", nil), ("https://", nil), ("", nil),
        ])
    func origins(url: String, origin: String?) {
        #expect(CSRFPolicy.origin(of: url) == origin)
    }
}
