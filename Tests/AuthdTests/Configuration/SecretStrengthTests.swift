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
            Case(secret: "Your 256 bit secret", weakness: .published),
            Case(secret: "YOUR_SUPER_SECRET_JWT_TOKEN_WITH_AT_LEAST_32_CHARACTERS_LONG", weakness: .published),
            Case(
                secret: "AyM1SysPpbyDfZld3umj1qzKObwVMkoQQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
                weakness: .published),
            Case(secret: "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf", weakness: .published),
            Case(secret: "$(openssl rand -hex 32)", weakness: .published),
            Case(secret: "django-insecure-q7Zr2mXv9Kp", weakness: .published),
            Case(secret: "CHANGEME", weakness: .placeholder),
            Case(secret: "changethis", weakness: .placeholder),
            Case(secret: "change_me_please_1234", weakness: .placeholder),
            Case(secret: "please replace this with something long", weakness: .placeholder),
            Case(secret: "My-Super-SECRET-Value-2024!", weakness: .placeholder),
            Case(secret: "CorrectPasswordBattery", weakness: .placeholder),
            Case(secret: "qwqwqwqwqwqwqwqwqw", weakness: .pattern),
            Case(secret: "q7Zr2mXvq7Zr2mXv", weakness: .pattern),
            Case(secret: "zyxwvutsrqponmlk", weakness: .pattern),
            Case(secret: "1122334455667788", weakness: .pattern),
            Case(secret: "abcdefghijklmnopqrstuvwxyz0123456789", weakness: .pattern),
            Case(secret: "k3j-0123456789abcdef0123456789abcdef0123456789abcdef", weakness: .pattern),
            Case(secret: "ab-q7Zrab-q7Zrab-q7Zrab-q7Zrab-q7Zr!", weakness: .pattern),
        ])
    func typed(_ example: Case) {
        #expect(SecretStrength.weakness(of: example.secret, minimumBytes: 16) == example.weakness)
    }

    @Test(
        "words are no fault beside enough that cannot be foretold",
        arguments: [
            "held-out-feed-secret-0123456789abcdef", "production-secret-8c1f5ab27e90d364",
            "password:q7Zr2mXv9KpL4wTb8NcJ5hYd",
            "my-change-feed-secret-3fa85f6457174562b3fc2c963f66afa6", "example.com/9KpL4wTb8NcJ5hYd3fGs6aUe",
            "q7Zr2mXv9KpL4wTb8NcJ5hYd3fGs-your-secret-key-here", "default7d04e91f8236ca5174f9be20d83c6a95",
        ])
    func words(_ secret: String) {
        #expect(SecretStrength.weakness(of: secret, minimumBytes: 32) == nil)
    }
}
