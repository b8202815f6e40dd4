// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Glibc
import Testing

@testable import AuthCore

/// The reader and the writer against those of the system.
@Suite("Text of IP addresses") struct IPAddressTextTests {
    @Test("what the system's reader takes or refuses, this one takes or refuses")
    func reading() {
        var generator = SeededGenerator(seed: 12)
        let pieces = [
            "0", "1", "9", "25", "255", "256", "00", "012", "a", "F", "ffff", "12345", ".", ":", "::", "g", "%", " ",
        ]
        var taken = 0
        for _ in 0..<20_000 {
            let isDotted = Bool.random(using: &generator)
            let count = Int.random(in: 1...9, using: &generator)
            var text = ""
            for index in 0..<count {
                if index > 0, Int.random(in: 0..<8, using: &generator) > 0 { text += isDotted ? "." : ":" }
                text += pieces[Int.random(in: 0..<pieces.count, using: &generator)]
            }
            let address = IPAddress(text)
            #expect(address == Self.system(text), "seed 12: \(text)")
            if address != nil { taken += 1 }
        }
        #expect(taken > 100)
    }

    @Test(
        "each rule of the grammar is that of the system",
        arguments: [
            "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::8", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8",
            "1:2:3:4:5:6:7:8:9", ":::", "1:::2", "1::2::3", ":1", "1:", "1::", "::", ":", "12345::", "::1.2.3.4",
            "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3.4:5", "1.2.3.4::", "::1.2.3", "::01.2.3.4",
            "::ffff:256.1.1.1", "1.2.3.4.", ".1.2.3.4", "1..2.3", "1.2.3.4.5", "+1.2.3.4", "0.0.0.0", "00.0.0.0",
        ])
    func rules(_ text: String) {
        #expect(IPAddress(text) == Self.system(text))
    }

    @Test("what is written is what the system writes, and is read as the same address")
    func writing() throws {
        var generator = SeededGenerator(seed: 13)
        for _ in 0..<5_000 {
            func half() -> UInt64 {
                (0..<4).reduce(0) { value, _ in
                    let group =
                        UInt64.random(in: 0...0xFFFF, using: &generator) >> UInt64.random(in: 0...15, using: &generator)
                    return value << 16 | (Int.random(in: 0..<5, using: &generator) < 3 ? 0 : group)
                }
            }
            let address =
                Bool.random(using: &generator)
                ? IPAddress(v6: half(), half()) : IPAddress(v4: UInt32.random(in: 0 ... .max, using: &generator))
            #expect(IPAddress(address.description) == address, "seed 13: \(address)")
            if address.family == .v6 {
                #expect(address.description == Self.systemText(address), "seed 13")
            }
        }
    }

    private static func system(_ text: String) -> IPAddress? {
        guard text.utf8.count >= 2 else { return nil }
        if text.contains(":") {
            var address = in6_addr()
            guard inet_pton(AF_INET6, text, &address) == 1 else { return nil }
            return withUnsafeBytes(of: &address) { bytes in
                IPAddress(
                    v6: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self).bigEndian,
                    bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self).bigEndian)
            }
        }
        var address = in_addr()
        guard inet_pton(AF_INET, text, &address) == 1 else { return nil }
        return IPAddress(v4: UInt32(bigEndian: address.s_addr))
    }

    private static func systemText(_ address: IPAddress) -> String? {
        var octets = in6_addr()
        withUnsafeMutableBytes(of: &octets) { bytes in
            bytes.storeBytes(of: address.high.bigEndian, toByteOffset: 0, as: UInt64.self)
            bytes.storeBytes(of: address.low.bigEndian, toByteOffset: 8, as: UInt64.self)
        }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(AF_INET6, &octets, &text, socklen_t(text.count)) != nil else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
