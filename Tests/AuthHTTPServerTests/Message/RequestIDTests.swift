// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AuthHTTPServer

@Suite("Request identifiers") struct RequestIDTests {
    @Test("are taken over only when they are harmless", arguments: ["a", "A-b_c.9", String(repeating: "x", count: 64)])
    func accepted(text: String) {
        #expect(RequestID(received: text)?.description == text)
    }

    @Test(
        "are refused with other characters or lengths",
        arguments: ["", "a b", "a\nb", "é", "a/b", String(repeating: "x", count: 65)])
    func refused(text: String) {
        #expect(RequestID(received: text) == nil)
    }

    @Test("that are made differ from each other and can be taken over again")
    func made() {
        let source = RequestIDSource(seed: 7)

        let identifiers = (0..<1000).map { _ in source.next() }

        #expect(Set(identifiers).count == 1000)
        #expect(identifiers.allSatisfy { RequestID(received: $0.description) == $0 })
    }
}
