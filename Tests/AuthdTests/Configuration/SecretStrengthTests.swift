// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import authd

@Suite("Weak secrets")
struct SecretStrengthTests {
    @Test("random secrets pass, in hexadecimal and in base64")
    func drawn() {
        let alphabets = ["0123456789abcdef", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"]
        // The generator of Knuth's MMIX, so that a failure comes again.
        var state: UInt64 = 20_260_101
        for alphabet in alphabets.map(Array.init) {
            for _ in 0..<500 {
                let secret = String(
                    (0..<64).map { _ in
                        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                        return alphabet[Int((state >> 33) % UInt64(alphabet.count))]
                    })
                #expect(SecretStrength.weakness(of: secret, minimumBytes: 32) == nil, "\(secret)")
            }
        }
    }

    struct Case: CustomTestStringConvertible {
        let secret: String
        let weakness: SecretStrength.Weakness
        var testDescription: String { secret }
    }

    @Test(
        "secrets that a person made up do not pass",
        arguments: [
            Case(secret: "", weakness: .tooShort(minimum: 16)),
            Case(secret: "q7Zr2mXv9KpL4wT", weakness: .tooShort(minimum: 16)),
            Case(secret: "prefix-your-secret-key-here-suffix", weakness: .published),
            Case(secret: "My-Super-SECRET-Value-2024!", weakness: .placeholder),
            Case(secret: "CorrectPasswordBattery", weakness: .placeholder),
            Case(secret: "qwqwqwqwqwqwqwqwqw", weakness: .pattern),
            Case(secret: "q7Zr2mXvq7Zr2mXv", weakness: .pattern),
            Case(secret: "zyxwvutsrqponmlk", weakness: .pattern),
            Case(secret: "1122334455667788", weakness: .pattern),
        ])
    func typed(_ example: Case) {
        #expect(SecretStrength.weakness(of: example.secret, minimumBytes: 16) == example.weakness)
    }
}
