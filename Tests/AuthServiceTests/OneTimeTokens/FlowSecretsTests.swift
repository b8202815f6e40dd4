// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthTesting
import Testing

@testable import AuthService

@Suite("Handles and codes")
struct FlowSecretsTests {
    static let ada = UserID(UUIDv7(high: 1, low: 2))
    let random = SeededRandom(seed: 3)
    let secrets = OneTimeSecrets(current: Self.key(1), previous: [])

    static func key(_ octet: UInt8) -> SecretBytes { SecretBytes([UInt8](repeating: octet, count: 32)) }

    @Test("a handle has 256 random bits, names its flow by a digest, and no changed one names any")
    func handles() throws {
        let (handle, id) = secrets.makeHandle(random: random)
        let text = handle.revealed
        let octets = try #require(Base64URL.decode(text.utf8.dropFirst("afh_".utf8.count)))

        #expect(octets.count == 32 + 16 && id.digest.count == 32)
        #expect(Array(octets.prefix(32)) != id.digest)
        #expect(secrets.flow(of: text) == id)
        #expect(secrets.makeHandle(random: random).id != id)
        for index in octets.indices {
            var forged = octets
            forged[index] ^= 1
            #expect(secrets.flow(of: "afh_" + Base64URL.encode(forged)) == nil)
        }
        for junk in ["", "afh_", text + "A", String(text.dropLast()), "aot_" + text.dropFirst(4)] {
            #expect(secrets.flow(of: junk) == nil)
        }
    }

    @Test("handles and codes are read under a previous root key, and not under another one")
    func rootKeys() throws {
        let later = OneTimeSecrets(current: Self.key(2), previous: [Self.key(1)])
        let foreign = OneTimeSecrets(current: Self.key(2), previous: [])
        let (handle, id) = secrets.makeHandle(random: random)
        let token = secrets.make(for: .passwordReset, of: Self.ada, random: random)
        let code = try #require(secrets.code(of: token, for: .passwordReset, of: Self.ada)).revealed
        let digest = secrets.codeDigest(of: token, for: .passwordReset, of: Self.ada)

        #expect(later.flow(of: handle.revealed) == id)
        #expect(foreign.flow(of: handle.revealed) == nil)
        #expect(later.code(of: token, for: .passwordReset, of: Self.ada)?.revealed == code)
        #expect(foreign.code(of: token, for: .passwordReset, of: Self.ada) == nil)
        #expect(later.codeDigests(ofTyped: code, for: .passwordReset).contains(digest))
        #expect(!foreign.codeDigests(ofTyped: code, for: .passwordReset).contains(digest))
    }

    // ASVS 6.5.4
    @Test("a code has eight symbols without look-alikes, each as frequent as another")
    func symbols() throws {
        var counts: [Character: Int] = [:]
        let draws = 3_000
        for _ in 0..<draws {
            let token = secrets.make(for: .signIn, of: Self.ada, random: random)
            let text = try #require(secrets.code(of: token, for: .signIn, of: Self.ada)).revealed
            try #require(text.count == 9 && Array(text)[4] == "-")
            for symbol in text where symbol != "-" { counts[symbol, default: 0] += 1 }
        }
        #expect(Set(counts.keys) == Set("23456789ABCDEFGHJKMNPQRSTVWXYZ"))
        // 800 of each are expected, with a standard deviation of 28.
        #expect(counts.values.allSatisfy { (640...960).contains($0) })
    }

    @Test("a code is typed in any case, with blanks and hyphens anywhere; another text is none")
    func typing() throws {
        let token = secrets.make(for: .unlock, of: Self.ada, random: random)
        let text = try #require(secrets.code(of: token, for: .unlock, of: Self.ada)).revealed
        let digest = secrets.codeDigest(of: token, for: .unlock, of: Self.ada)
        let plain = text.filter { $0 != "-" }

        for typed in [text, plain, text.lowercased(), " \(plain.map { "\($0)" }.joined(separator: " - "))\t"] {
            #expect(secrets.codeDigests(ofTyped: typed, for: .unlock) == [digest])
        }
        // A code of another purpose is another code.
        #expect(secrets.codeDigests(ofTyped: text, for: .signIn) != [digest])
        let cut = String(plain.dropLast())
        for junk in [
            "", "-", cut, plain + "2", cut + "0", cut + "\u{301}", String(repeating: " ", count: 60) + plain,
            String(repeating: "2", count: 100_000),
        ] {
            #expect(secrets.codeDigests(ofTyped: junk, for: .unlock).isEmpty)
        }
    }

    @Test("codes and digests are made of the same stored octets, and the digest does not give the code")
    func digests() throws {
        let token = secrets.make(for: .passwordReset, of: Self.ada, random: random)
        let digest = secrets.codeDigest(of: token, for: .passwordReset, of: Self.ada)

        #expect(digest.count == 32 && digest != token.digest && !token.content.starts(with: digest.prefix(8)))
        #expect(secrets.codeDigest(of: token, for: .passwordReset, of: Self.ada) == digest)
        let other = UserID(UUIDv7(high: 1, low: 3))
        #expect(secrets.codeDigest(of: token, for: .passwordReset, of: other) != digest)
    }

    @Test("handles and proofs are redacted in every description")
    func redaction() {
        let proof = ActionProof(token: "secret-token", handle: "secret-handle", code: "secret-code")
        let handle = FlowHandle("secret-handle")
        var dumped = ""
        dump(proof, to: &dumped)
        dump(handle, to: &dumped)

        #expect(
            !"\(proof) \(String(reflecting: proof)) \(handle) \(String(reflecting: handle)) \(dumped)".contains(
                "secret-"))
    }

    @Test("what is presented is trimmed, and what is empty then counts as absent")
    func trimming() {
        let proof = ActionProof(token: " aot_x\n", handle: "\u{FEFF}afh_y", code: " \t")

        #expect(proof.token == "aot_x" && proof.handle == "afh_y" && proof.code == nil)
    }
}
