// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("UUIDv7")
struct UUIDv7Tests {
    @Test("the example of RFC 9562, appendix A.6")
    func rfcExample() {
        let instant = Timestamp(microseconds: 1_645_557_742_000_000)
        let uuid = UUIDv7(at: instant, random: [0x0C, 0xC3, 0x18, 0xC4, 0xDC, 0x0C, 0x0C, 0x07, 0x39, 0x8F])

        #expect(uuid.description == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
    }

    @Test("orders by time of making")
    func order() {
        let early = UUIDv7(at: Timestamp(seconds: 1_000), random: Array(repeating: 0xFF, count: 10))
        let late = UUIDv7(at: Timestamp(microseconds: 1_000_001_000), random: Array(repeating: 0, count: 10))

        #expect(early < late)
    }

    @Test("version and variant are set whatever the random octets are", arguments: [0x00, 0xFF] as [UInt8])
    func versionAndVariant(filler: UInt8) {
        let uuid = UUIDv7(at: Timestamp(seconds: 1), random: Array(repeating: filler, count: 10))

        #expect(uuid.octets[6] >> 4 == 7)
        #expect(uuid.octets[8] >> 6 == 2)
    }

    @Test("text and octets round-trip", arguments: [UInt64.min, 1, 0x0123_4567_89AB_CDEF, .max])
    func roundTrip(half: UInt64) {
        let uuid = UUIDv7(high: half, low: ~half)

        #expect(UUIDv7(uuid.description) == uuid)
        #expect(UUIDv7(octets: uuid.octets) == uuid)
    }

    @Test(
        "anything but the canonical form is refused",
        arguments: [
            "", "017f22e2", "017F22E2-79B0-7CC3-98C4-DC0C0C07398F", "017f22e279b07cc398c4dc0c0c07398f",
            "{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}", "017f22e2-79b0-7cc3-98c4-dc0c0c07398", "v", "-1",
            "18446744073709551616", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f ", "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
            "017f22e-279b0-7cc3-98c4-dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
        ])
    func refusal(text: String) {
        #expect(UUIDv7(text) == nil)
    }
}
