// SPDX-License-Identifier: Apache-2.0

import AuthCrypto
import AuthTesting
import Testing

@Suite("Sealing")
struct SealerTests {
    let random = SeededRandom(seed: 42)
    let first = SecretBytes(Array(0..<32))
    let second = SecretBytes(Array(32..<64))
    let context = Array("signing_key/private/1".utf8)

    @Test("opens what it sealed", arguments: [0, 1, 31, 32, 33, 5_000])
    func roundTrip(length: Int) throws {
        let secret = SecretBytes(random.bytes(count: length))
        let sealer = Sealer(current: first)

        let box = sealer.seal(secret, context: context, random: random)

        #expect(box.bytes.count == length + 49)
        #expect(try sealer.open(SealedBox(bytes: box.bytes), context: context) == secret)
    }

    @Test("seals the same secret differently each time")
    func nonces() {
        let sealer = Sealer(current: first)
        let secret = SecretBytes([1, 2, 3])

        #expect(
            sealer.seal(secret, context: context, random: random)
                != sealer.seal(secret, context: context, random: random))
    }

    @Test("refuses a box with any bit changed")
    func bitFlips() throws {
        let sealer = Sealer(current: first, previous: [second])
        let box = sealer.seal(SecretBytes(Array("a private key".utf8)), context: context, random: random)

        for bit in 0..<box.bytes.count * 8 {
            var changed = box.bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            let error = #expect(throws: SealingError.self) {
                try sealer.open(SealedBox(bytes: changed), context: context)
            }
            switch bit / 8 {
            case 0: #expect(error == .malformed)
            case 1...8: #expect(error == .unknownKey)
            default: #expect(error == .notAuthentic)
            }
        }
    }

    @Test("refuses a box that was cut or extended")
    func lengths() throws {
        let sealer = Sealer(current: first)
        let box = sealer.seal(SecretBytes([7, 8]), context: context, random: random)

        for length in 0..<box.bytes.count {
            let error = #expect(throws: SealingError.self) {
                try sealer.open(SealedBox(bytes: Array(box.bytes.prefix(length))), context: context)
            }
            #expect(error == (length < 49 ? .malformed : .notAuthentic))
        }
        #expect(throws: SealingError.notAuthentic) {
            try sealer.open(SealedBox(bytes: box.bytes + [0]), context: context)
        }
    }

    @Test("refuses a box in another context")
    func contexts() {
        let sealer = Sealer(current: first)
        let box = sealer.seal(SecretBytes([7, 8]), context: context, random: random)

        #expect(throws: SealingError.notAuthentic) { try sealer.open(box, context: []) }
        #expect(throws: SealingError.notAuthentic) { try sealer.open(box, context: context + [0]) }
    }

    @Test("opens what a previous key sealed and asks for sealing it again")
    func previousKeys() throws {
        let secret = SecretBytes([1, 2, 3])
        let old = Sealer(current: first).seal(secret, context: context, random: random)
        let sealer = Sealer(current: second, previous: [first])

        #expect(try sealer.open(old, context: context) == secret)
        #expect(sealer.needsResealing(old))
        #expect(!sealer.needsResealing(sealer.seal(secret, context: context, random: random)))
        #expect(throws: SealingError.unknownKey) { try Sealer(current: second).open(old, context: context) }
    }

    /// Boxes outlive releases: this one is put together by Python (hmac, PyNaCl).
    @Test("opens a box of format 1")
    func format() throws {
        let box = try SealedBox(bytes: bytes(hexadecimal: Self.stored))

        #expect(try Sealer(current: first).open(box, context: context) == SecretBytes(Array("secret".utf8)))
    }

    private static let stored =
        "012aa44e046aab5dff6465666768696a6b6c6d6e6f707172737475767778797a7b"
        + "0f169ac29a5a76c0651796e1184fb60436b72f08cc82"

    @Test("shows nothing of its keys")
    func redaction() {
        #expect("\(Sealer(current: first))" == "Sealer(redacted)")
        #expect(Mirror(reflecting: Sealer(current: first)).children.isEmpty)
    }
}
