// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

@testable import AuthTokens

@Suite("ECDSA signature forms")
struct ECDSASignatureTests {
    @Test("turn into DER and back", arguments: [32, 48, 66])
    func roundTrip(length: Int) throws {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<200 {
            var fixed = generator.bytes(2 * length)
            // Short numbers and numbers with a set top bit are where DER is easy to get wrong.
            for index in 0..<Int.random(in: 0..<length, using: &generator) { fixed[index] = 0 }
            for index in 0..<Int.random(in: 0..<length, using: &generator) { fixed[length + index] = 0 }
            let der = fixed.withUnsafeBufferPointer { ECDSASignature.der(fromFixedLength: $0) }

            #expect(ECDSASignature.fixedLength(fromDER: der, coordinateByteCount: length) == fixed, "\(generator)")
        }
    }

    struct Case: CustomTestStringConvertible {
        let why: String
        let der: [UInt8]
        var testDescription: String { why }
    }

    static let faults = [
        Case(why: "nothing", der: []),
        Case(why: "no sequence", der: [0x31, 6, 2, 1, 1, 2, 1, 1]),
        Case(why: "a sequence too short", der: [0x30, 5, 2, 1, 1, 2, 1, 1]),
        Case(why: "a sequence too long", der: [0x30, 7, 2, 1, 1, 2, 1, 1]),
        Case(why: "trailing bytes", der: [0x30, 7, 2, 1, 1, 2, 1, 1, 0]),
        Case(why: "a long form where the short one fits", der: [0x30, 0x81, 6, 2, 1, 1, 2, 1, 1]),
        Case(why: "an indefinite length", der: [0x30, 0x80, 2, 1, 1, 2, 1, 1, 0, 0]),
        Case(why: "one number", der: [0x30, 3, 2, 1, 1]),
        Case(why: "three numbers", der: [0x30, 9, 2, 1, 1, 2, 1, 1, 2, 1, 1]),
        Case(why: "an empty number", der: [0x30, 5, 2, 0, 2, 1, 1]),
        Case(why: "a negative number", der: [0x30, 6, 2, 1, 0x80, 2, 1, 1]),
        Case(why: "a zero too many", der: [0x30, 7, 2, 2, 0, 1, 2, 1, 1]),
        Case(why: "a number that runs over the end", der: [0x30, 6, 2, 1, 1, 2, 9, 1]),
        Case(why: "a number longer than a coordinate", der: [0x30, 8, 2, 3, 1, 1, 1, 2, 1, 1]),
    ]

    @Test("refuse DER that is not the shortest form", arguments: faults)
    func refusal(_ example: Case) {
        #expect(ECDSASignature.fixedLength(fromDER: example.der, coordinateByteCount: 2) == nil)
    }

    @Test("read the shortest form")
    func shortest() {
        let der: [UInt8] = [0x30, 7, 2, 2, 0, 0x80, 2, 1, 1]
        #expect(ECDSASignature.fixedLength(fromDER: der, coordinateByteCount: 2) == [0, 0x80, 0, 1])
    }
}
