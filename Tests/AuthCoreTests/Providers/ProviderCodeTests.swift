// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Codes of provider callbacks")
struct ProviderCodeTests {
    private let now = ProviderExamples.now
    private let verifier = [UInt8](repeating: 7, count: 32)
    private let link = ProviderCode.Purpose.link(
        UserID(UUIDv7(high: 1, low: 1)), SessionID(UUIDv7(high: 1, low: 2)))

    private func code(
        _ purpose: ProviderCode.Purpose = .signIn, challenge: [UInt8]? = nil, wrongVerifiers: Int64 = 0
    ) throws -> ProviderCode {
        ProviderCode(
            digest: [UInt8](repeating: 1, count: 32), purpose: purpose, challenge: challenge ?? verifier,
            provider: try ProviderName("corp"), profile: try ProviderExamples.profile(), scope: nil, source: nil,
            expiresAt: now + .seconds(60), wrongVerifiers: wrongVerifiers)
    }

    @Test("are accepted with the verifier of their challenge alone, whatever they are for")
    func verifiers() throws {
        for purpose in [ProviderCode.Purpose.signIn, link] {
            let code = try code(purpose)
            #expect(code.redeem(verifierDigest: verifier, at: now) == .accepted)
            for index in 0..<32 {
                var other = verifier
                other[index] ^= 0x80
                #expect(code.redeem(verifierDigest: other, at: now) == .wrongVerifier)
            }
            let others: [[UInt8]] = [[], Array(verifier.dropLast()), verifier + [7], verifier + verifier]
            for other in others {
                #expect(code.redeem(verifierDigest: other, at: now) == .wrongVerifier)
            }
            #expect(code.redeem(verifierDigest: nil, at: now) == .wrongVerifier)
        }
    }

    @Test("without a challenge link in the session's cookies, and open no session")
    func withoutChallenge() throws {
        #expect(try code(link, challenge: []).redeem(verifierDigest: nil, at: now) == .accepted)
        for shown in [verifier, []] {
            #expect(try code(link, challenge: []).redeem(verifierDigest: shown, at: now) == .wrongVerifier)
            #expect(try code(challenge: []).redeem(verifierDigest: shown, at: now) == .refused)
        }
        #expect(try code(challenge: []).redeem(verifierDigest: nil, at: now) == .refused)
    }

    @Test("end at their expiry, and with the third wrong verifier")
    func ends() throws {
        #expect(try code().redeem(verifierDigest: verifier, at: now + .seconds(60) - .microseconds(1)) == .accepted)
        for shown in [verifier, [], nil] as [[UInt8]?] {
            #expect(try code().redeem(verifierDigest: shown, at: now + .seconds(60)) == .refused)
            #expect(try code(wrongVerifiers: 3).redeem(verifierDigest: shown, at: now) == .refused)
            #expect(try code(link, challenge: [], wrongVerifiers: 3).redeem(verifierDigest: shown, at: now) == .refused)
        }
        #expect(try code(wrongVerifiers: 2).redeem(verifierDigest: verifier, at: now) == .accepted)
        #expect(try code(wrongVerifiers: 2).redeem(verifierDigest: [], at: now) == .wrongVerifier)
    }
}

@Suite("Ways in")
struct WaysInTests {
    private let id = UserID(UUIDv7(high: 1, low: 1))

    private func user(username: String? = nil, email: String? = nil, isVerified: Bool = false) throws -> User {
        User(
            id: id, username: try username.map { (text) throws(ValidationError) in try Username(text) },
            email: try email.map { (text) throws(ValidationError) in try EmailAddress(text) },
            emailVerifiedAt: isVerified ? ProviderExamples.now : nil, createdAt: ProviderExamples.now)
    }

    private func remain(
        of user: User, hasPassword: Bool = false, others: [Identity] = [], enabled: Set<ProviderName> = [],
        signsInByMail: Bool = false
    ) throws -> Bool {
        let removed = try ProviderExamples.identity(1, of: id)
        let answers = Set(
            [[removed] + others, others].map { identities in
                WaysIn.remain(
                    afterRemoving: removed, of: user, hasPassword: hasPassword, identities: identities,
                    enabled: enabled,
                    signsInByMail: signsInByMail)
            })
        // Whether the removed identity is in the list makes no difference.
        #expect(answers.count == 1)
        return answers.contains(true)
    }

    @Test("a password counts with an identifier")
    func passwords() throws {
        #expect(try remain(of: user(username: "ada"), hasPassword: true))
        #expect(try remain(of: user(email: "ada@example.test"), hasPassword: true))
        #expect(try !remain(of: user(), hasPassword: true))
        #expect(try !remain(of: user(username: "ada")))
    }

    @Test("mailed sign-in counts where it is on, with a verified address")
    func mail() throws {
        #expect(try remain(of: user(email: "ada@example.test", isVerified: true), signsInByMail: true))
        #expect(try !remain(of: user(email: "ada@example.test", isVerified: true)))
        #expect(try !remain(of: user(email: "ada@example.test"), signsInByMail: true))
        #expect(try !remain(of: user(username: "ada"), signsInByMail: true))
        #expect(try !remain(of: user(isVerified: true), signsInByMail: true))
    }

    @Test("another identity counts if its provider is configured, and the removed one never does")
    func identities() throws {
        let corp = try ProviderName("corp")
        let other = try ProviderExamples.identity(2, of: id, at: "other", subject: "77")
        let sameProvider = try ProviderExamples.identity(3, of: id, subject: "78")
        let foreign = try ProviderExamples.identity(4, of: UserID(UUIDv7(high: 1, low: 2)), subject: "79")
        #expect(try !remain(of: user(), enabled: [corp]))
        #expect(try !remain(of: user(), others: [other], enabled: [corp]))
        #expect(try remain(of: user(), others: [other], enabled: [corp, other.provider]))
        #expect(try remain(of: user(), others: [sameProvider], enabled: [corp]))
        #expect(try !remain(of: user(), others: [foreign], enabled: [corp]))
        #expect(try !remain(of: user(), others: [other, sameProvider]))
    }
}
