// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTesting
import Testing

@testable import AuthCrypto

@Suite("Passwords that are not in NFC")
struct PasswordMatchTests {
    static let composed = "caf\u{E9} au lait"
    static let decomposed = "cafe\u{301} au lait"

    private func hash(of text: String) throws -> PasswordHash {
        let hasher = PasswordHasher(parameters: try .argon2id(memoryKiB: 7_168, iterations: 5))
        return try Array(text.utf8).withUnsafeBufferPointer {
            try hasher.hash(bytes: $0, random: SeededRandom(seed: 3))
        }
    }

    @Test("a password matches a hash of its NFC, and a hash of the octets that the client sent")
    func forms() throws {
        let cases: [(stored: String, presented: String, match: PasswordMatch)] = [
            (Self.composed, Self.composed, .normalized), (Self.composed, Self.decomposed, .normalized),
            (Self.decomposed, Self.decomposed, .asPresented), (Self.decomposed, Self.composed, .none),
            (Self.decomposed, Self.decomposed + "!", .none), (Self.composed, Self.decomposed + "!", .none),
            ("plain", "plain", .normalized), ("plain", "plainer", .none),
        ]
        for (stored, presented, match) in cases {
            let found = try PasswordHasher().match(Password(presented), against: hash(of: stored))
            #expect(found == match, "\(stored.utf8.count) \(presented.utf8.count)")
        }
    }

    @Test("the octets that a client sent are kept only where they are not those of NFC, and are not shown")
    func presented() throws {
        let kept = try Password(Self.decomposed).withPresentedBytes { Array($0) }
        #expect(kept == Array(Self.decomposed.utf8))
        let none = try Password(Self.composed).withPresentedBytes { Array($0) }
        #expect(none == nil)

        var shown = ""
        let password = try Password(Self.decomposed)
        dump(password, to: &shown)
        #expect(!shown.contains("caf") && "\(password)" == "Password(redacted)")
    }
}
