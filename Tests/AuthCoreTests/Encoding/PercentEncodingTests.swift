// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Percent-encoding")
struct PercentEncodingTests {
    @Test("letters, digits and four marks stand for themselves, and every other octet is escaped")
    func octets() {
        let unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
        #expect(PercentEncoding.encode(unreserved) == unreserved)
        for octet in UInt8.min...UInt8.max {
            #expect(PercentEncoding.isUnreserved(octet) == unreserved.utf8.contains(octet), "\(octet)")
            guard octet < 0x80, !PercentEncoding.isUnreserved(octet) else { continue }
            let encoded = Array(PercentEncoding.encode(String(Unicode.Scalar(octet))).utf8)
            #expect(encoded.count == 3 && encoded.first == UInt8(ascii: "%"), "\(octet)")
            let values = encoded.dropFirst().compactMap { HexadecimalDigit.value(of: $0) }
            #expect(values.reduce(0) { $0 << 4 | $1 } == octet, "\(octet)")
        }
    }

    @Test("a character of several octets is escaped octet by octet, in capital letters")
    func characters() {
        #expect(PercentEncoding.encode("é/ß 日") == "%C3%A9%2F%C3%9F%20%E6%97%A5")
    }
}
