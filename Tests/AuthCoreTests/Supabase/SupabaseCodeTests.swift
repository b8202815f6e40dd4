// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Codes that Supabase's clients exchange")
struct SupabaseCodeTests {
    private let now = SupabaseExamples.now
    private let verifier = [UInt8](repeating: 7, count: 32)

    private func code(
        challenge: [UInt8]? = nil, generation: CredentialGeneration? = .first, binds: Bool = true,
        wrongVerifiers: Int64 = 0
    ) -> SupabaseCode {
        SupabaseCode(
            digest: [UInt8](repeating: 1, count: 32), userID: SupabaseExamples.id, method: "sb_signup",
            challenge: challenge ?? verifier, generation: generation, binds: binds,
            expiresAt: now + SupabaseCode.lifetime, wrongVerifiers: wrongVerifiers)
    }

    @Test("are accepted with the verifier of their challenge alone")
    func verifiers() {
        #expect(code().redeem(verifierDigest: verifier, at: now) == .accepted)
        for index in 0..<32 {
            var other = verifier
            other[index] ^= 0x80
            #expect(code().redeem(verifierDigest: other, at: now) == .wrongVerifier)
        }
        for other in [[], Array(verifier.dropLast()), verifier + [7], verifier + verifier] as [[UInt8]] {
            #expect(code().redeem(verifierDigest: other, at: now) == .wrongVerifier)
        }
        // Without a challenge there is nothing to show, and so nothing is enough.
        #expect(code(challenge: []).redeem(verifierDigest: [], at: now) == .wrongVerifier)
        #expect(code(challenge: [1]).redeem(verifierDigest: [1], at: now) == .wrongVerifier)
    }

    @Test("live for five minutes, and are void with the third wrong verifier, also for the right one")
    func ends() {
        let end = now + .seconds(300)
        #expect(code().redeem(verifierDigest: verifier, at: end - .microseconds(1)) == .accepted)
        for shown in [verifier, []] {
            #expect(code().redeem(verifierDigest: shown, at: end) == .expired)
            #expect(code(wrongVerifiers: 3).redeem(verifierDigest: shown, at: now) == .void)
        }
        #expect(code(wrongVerifiers: 2).redeem(verifierDigest: verifier, at: now) == .accepted)
    }

    @Test("bind what the client had shown, unless it was replaced since, or a mere visit made the code")
    func binding() throws {
        let user = try SupabaseExamples.user(verified: true)
        let bound = try SupabaseExamples.user(verified: true, isBound: true)
        let later = try SupabaseExamples.user(verified: true, generation: CredentialGeneration(5))

        #expect(code().effect(on: user) == .bind)
        #expect(code(binds: false).effect(on: user) == .keep)
        #expect(code(generation: nil).effect(on: user) == .keep)
        #expect(code().effect(on: bound) == .keep)
        #expect(code().effect(on: later) == .keep)
        #expect(code(generation: CredentialGeneration(5)).effect(on: later) == .bind)
    }
}
