// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import Testing

@Suite("Supabase's API: mailed links and codes")
struct SupabaseMailTests {
    @Test("a code makes and signs in a user, and an unknown address is told so where none may be made")
    func oneTimePassword() async throws {
        let fixture = try await SupabaseFixture()
        await #expect(throws: SupabaseError.otpDisabled) { try await fixture.requestOTP(createsUser: false) }
        fixture.clock.advance(by: .seconds(61))
        try await fixture.requestOTP()
        let code = try await fixture.code(.supabaseSignup)
        #expect(code.utf8.count == 8 && code.utf8.allSatisfy { (0x30...0x39).contains($0) })

        let session = try await fixture.verify("email", code: code)

        #expect(session.profile.confirmedAt != nil)
        #expect(try await fixture.authority.refusals(of: .credentialsVoided).isEmpty)
        fixture.clock.advance(by: .seconds(61))
        try await fixture.requestOTP(createsUser: false)
        _ = try await fixture.verify("magiclink", code: try await fixture.code(.supabaseMagicLink))
    }

    @Test("a code counts once, for its address, its type and ten minutes")
    func refusedCodes() async throws {
        let fixture = try await SupabaseFixture()
        try await fixture.requestOTP()
        let code = try await fixture.code(.supabaseSignup)
        let expired = SupabaseError.otpExpired(byLink: false)
        await #expect(throws: expired) { try await fixture.verify("recovery", code: code) }
        await #expect(throws: expired) { try await fixture.verify("signup", code: code, of: "unknown") }
        let other = String(code.reversed()) == code ? "00000000" : String(code.reversed())
        await #expect(throws: expired) { try await fixture.verify("signup", code: other) }
        _ = try await fixture.verify("signup", code: code)
        await #expect(throws: expired) { try await fixture.verify("signup", code: code) }
        fixture.clock.advance(by: .seconds(61))
        try await fixture.requestOTP()
        let late = try await fixture.code(.supabaseMagicLink)
        fixture.clock.advance(by: .seconds(600))
        await #expect(throws: expired) { try await fixture.verify("email", code: late) }
    }

    @Test("wrong codes are counted by address, known or not: beyond the budget the right one is refused, too")
    func budgets() async throws {
        let fixture = try await SupabaseFixture()
        try await fixture.requestOTP()
        let code = try await fixture.code(.supabaseSignup)
        let expired = SupabaseError.otpExpired(byLink: false)
        for _ in 0..<5 {
            for name in ["ada", "unknown"] {
                await #expect(throws: expired) { try await fixture.verify("email", code: "00000000", of: name) }
            }
        }
        await #expect(throws: expired) { try await fixture.verify("email", code: code) }
        // The other half of the address's budget is for other sources.
        let elsewhere = ClientContext(source: "198.51.100.7")
        _ = try await fixture.verify("email", code: code, from: elsewhere)
    }

    @Test("a link without a challenge leads to the application with tokens, once")
    func implicit() async throws {
        let fixture = try await SupabaseFixture()
        try await fixture.signUp()
        let hash = try await fixture.hash(.supabaseSignup)
        let view = try #require(try await fixture.api.view(token: hash))
        #expect(view.kind == .signup && view.state == .open && view.address == "ada@example.test")
        #expect(view.target.text == SupabaseFixture.app)

        let target = await fixture.follow(hash, "signup")

        #expect(target.hasPrefix("\(SupabaseFixture.app)#access_token="))
        #expect(SupabaseFixture.parameter("type", of: target) == "signup")
        #expect(SupabaseFixture.parameter("token_type", of: target) == "bearer")
        let token = try #require(SupabaseFixture.parameter("access_token", of: target))
        _ = try await fixture.api.caller(bearing: token)
        let again = await fixture.follow(hash, "signup")
        #expect(SupabaseFixture.parameter("error_code", of: again) == "otp_expired")
        #expect(SupabaseFixture.parameter("error", of: again) == "access_denied")
        #expect(try await fixture.api.view(token: hash)?.state != .open)
    }

    @Test("the implicit flow can be turned off")
    func implicitOff() async throws {
        let fixture = try await SupabaseFixture { _, supabase in supabase.allowsImplicitFlow = false }
        try await fixture.signUp()
        let hash = try await fixture.hash(.supabaseSignup)
        let target = await fixture.follow(hash, "signup")
        #expect(SupabaseFixture.parameter("error_code", of: target) == "validation_failed")
        #expect(!target.contains("access_token"))
        #expect(try await fixture.user().emailVerifiedAt == nil)
    }

    @Test("with the implicit flow off, what an administrator has made leads back with tokens all the same")
    func implicitOffForAdministrators() async throws {
        let fixture = try await SupabaseFixture { _, supabase in supabase.allowsImplicitFlow = false }
        let admin = try await fixture.admin()
        _ = try await fixture.api.invite(
            email: "ada@example.test", data: nil, redirectTo: SupabaseFixture.app, by: admin, from: client)
        let invited = await fixture.follow(try await fixture.hash(.supabaseInvite), "invite")
        #expect(invited.hasPrefix("\(SupabaseFixture.app)#access_token="))
        let link = try await fixture.api.generateLink(
            SupabaseLinkOrder(type: "recovery", email: "ada@example.test"), by: admin, from: client)
        #expect((await fixture.follow(link.hashedToken, "recovery")).contains("#access_token="))
    }

    @Test("a link with a challenge gives a code, which the verifier exchanges once; the third wrong one voids it")
    func exchange() async throws {
        let fixture = try await SupabaseFixture()
        try await fixture.signUp(withChallenge: true)
        let hash = try await fixture.hash(.supabaseSignup)
        #expect(hash.hasPrefix("pkce_aot_"))
        let target = await fixture.follow(hash, "signup")
        let code = try #require(SupabaseFixture.parameter("code", of: target))
        let wrong = String(repeating: "x", count: 43)
        await #expect(throws: SupabaseError.badVerifier) { try await fixture.exchange(code, wrong) }
        let session = try await fixture.exchange(code)
        #expect(session.profile.record.user.isBound)
        await #expect(throws: SupabaseError.flowStateNotFound) { try await fixture.exchange(code) }

        fixture.clock.advance(by: .seconds(61))
        try await fixture.requestOTP(withChallenge: true)
        let second = await fixture.follow(try await fixture.hash(.supabaseMagicLink), "magiclink")
        let voided = try #require(SupabaseFixture.parameter("code", of: second))
        for _ in 0..<3 {
            await #expect(throws: SupabaseError.badVerifier) { try await fixture.exchange(voided, wrong) }
        }
        await #expect(throws: SupabaseError.self) { try await fixture.exchange(voided) }
        await #expect(throws: SupabaseError.self) { try await fixture.exchange("", ProviderFixture.verifier) }
    }

    @Test("a link that is opened without a button confirms the address, and binds nothing by its exchange")
    func byGet() async throws {
        for byGet in [true, false] {
            let fixture = try await SupabaseFixture()
            try await fixture.signUp(withChallenge: true)
            let target = await fixture.follow(try await fixture.hash(.supabaseSignup), "signup", byGet: byGet)
            #expect(try await fixture.user().isVerified)
            _ = try await fixture.exchange(try #require(SupabaseFixture.parameter("code", of: target)))
            #expect(try await fixture.user().isBound != byGet)
            _ = try await fixture.signIn()
        }
    }

    @Test("an address that is not admitted gives way to the site, also in the mail")
    func foreignTarget() async throws {
        let fixture = try await SupabaseFixture()
        let foreign = "https://app.example.test@evil.test/"
        _ = try await fixture.api.signUp(
            fixture.contact("ada"), password: SupabaseFixture.password, data: nil,
            returning: try SupabaseReturn(redirectTo: foreign, challenge: nil, method: nil), locale: nil, from: client)
        let link = try #require(try await fixture.authority.message(.supabaseSignup, to: "ada").link).revealed
        #expect(link.hasPrefix("\(SupabaseFixture.base)/verify?token=aot_") && !link.contains("evil"))
        let target = await fixture.api.follow(
            token: try await fixture.hash(.supabaseSignup), type: "signup", redirectTo: foreign, byGet: false,
            from: client)
        #expect(target.hasPrefix("https://app.example.test") && !target.contains("evil"))
    }

    @Test("half a challenge, another method and a challenge that is none are refused")
    func challenges() {
        for (challenge, method) in [
            (ProviderFixture.challenge, nil), (nil, "s256"), (ProviderFixture.challenge, "plain"), ("short", "s256"),
        ] as [(String?, String?)] {
            #expect(throws: SupabaseError.self) {
                try SupabaseReturn(redirectTo: nil, challenge: challenge, method: method)
            }
        }
    }

    @Test("links of this API open nothing natively, and native ones nothing here")
    func foreignLinks() async throws {
        let fixture = try await SupabaseFixture()
        try await fixture.signUp()
        let message = try await fixture.authority.message(.supabaseSignup, to: "ada")
        let proof = ActionProof(token: try #require(message.token))
        for purpose in OneTimeTokenPurpose.allCases where purpose != .supabase {
            #expect(try await fixture.authority.service.actions.view(proof, of: purpose) == nil)
        }
        _ = try await fixture.authority.service.passwords.requestReset(
            of: try fixture.authority.address("ada"), from: client)
        let native = try #require(try await fixture.authority.message(.passwordReset, to: "ada").token)
        #expect(try await fixture.api.view(token: native) == nil)
        let target = await fixture.follow(native, "recovery")
        #expect(SupabaseFixture.parameter("error_code", of: target) == "otp_expired")
    }

    @Test("what a user without mail, and a service without a mailer, is told")
    func withoutMail() async throws {
        let fixture = try await SupabaseFixture(hasMail: false)
        await #expect(throws: SupabaseError.emailProviderDisabled) { try await fixture.signUp() }
        await #expect(throws: SupabaseError.emailProviderDisabled) { try await fixture.requestOTP() }
        #expect(!fixture.api.publicSettings().isEmailOn)
    }

    @Test("a code has as many digits as the settings say, zeros in front included", arguments: [6, 8, 10])
    func digits(_ count: Int) async throws {
        let fixture = try await SupabaseFixture { _, supabase in supabase.codeDigits = count }
        try await fixture.requestOTP()
        let code = try await fixture.code(.supabaseSignup)
        #expect(code.utf8.count == count)
        _ = try await fixture.verify("email", code: " \(code) ")
    }

    @Test("who has a second factor gets no session by any way of this API")
    func secondFactor() async throws {
        let fixture = try await SupabaseFixture()
        let session = try await fixture.confirmed()
        fixture.factor.enroll(session.profile.record.user.id)
        fixture.clock.advance(by: .seconds(61))
        await #expect(throws: SupabaseError.insufficientLevel) { try await fixture.signIn() }
        await #expect(throws: SupabaseError.invalidCredentials) {
            try await fixture.signIn("ada", "correct horse battery")
        }
        try await fixture.requestOTP()
        let code = try await fixture.code(.supabaseMagicLink)
        // Of a code nothing is told, right or wrong.
        for typed in [code, "00000000"] {
            await #expect(throws: SupabaseError.otpExpired(byLink: false)) {
                try await fixture.verify("email", code: typed)
            }
        }
        let target = await fixture.follow(try await fixture.hash(.supabaseMagicLink), "magiclink")
        #expect(SupabaseFixture.parameter("error_code", of: target) == "insufficient_aal")
        let travelled = try await fixture.travel(withChallenge: false)
        #expect(!travelled.contains("access_token"))
    }
}
