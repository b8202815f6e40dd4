// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import Testing

@Suite("Supabase's API: sign-up")
struct SupabaseSignUpTests {
    @Test("a new user confirms the address first, and is told so at the sign-in")
    func confirmation() async throws {
        let fixture = try await SupabaseFixture()
        guard case .user(let profile) = try await fixture.signUp(data: ["color": "red", "email_verified": true]) else {
            throw ProviderTestFailure("there is no user")
        }
        #expect(profile.confirmedAt == nil && profile.record.user.origin == .registered)
        #expect(profile.userMetadata["color"] == "red" && profile.userMetadata["email_verified"] == false)
        #expect(profile.record.mails[.signup] == fixture.clock.now)
        await #expect(throws: SupabaseError.emailNotConfirmed) { try await fixture.signIn() }
        await #expect(throws: SupabaseError.invalidCredentials) {
            try await fixture.signIn("ada", "correct horse battery")
        }

        let session = try await fixture.verify("signup", code: try await fixture.code(.supabaseSignup))

        #expect(session.profile.confirmedAt == fixture.clock.now)
        _ = try await fixture.signIn()
    }

    @Test("an address that is taken gets an answer like a new one, and no session")
    func taken() async throws {
        let fixture = try await SupabaseFixture()
        _ = try await fixture.confirmed()
        let id = try await fixture.user().id
        fixture.clock.advance(by: .seconds(61))
        await fixture.authority.service.completeDeferredWork()
        let sent = fixture.authority.mailer.sent.count

        guard case .madeUp(let madeUp, let email, let data, _) = try await fixture.signUp(data: ["color": "red"]) else {
            throw ProviderTestFailure("the answer was not made up")
        }

        #expect(madeUp != id && email == "ada@example.test" && data == ["color": "red"])
        await fixture.authority.service.completeDeferredWork()
        #expect(fixture.authority.mailer.sent.count == sent)
    }

    @Test("with autoconfirm a holder's password signs in, and every other one is told that the address is taken")
    func takenWithAutoconfirm() async throws {
        let fixture = try await SupabaseFixture.autoconfirming()
        let first = try await fixture.session()
        #expect(first.profile.confirmedAt != nil)
        #expect(try await fixture.user().emailVerifiedAt == nil)

        await #expect(throws: SupabaseError.userAlreadyExists) {
            try await fixture.signUp("ada", "correct horse battery")
        }
        let again = try await fixture.session()

        #expect(again.profile.record.user.id == first.profile.record.user.id)
        #expect(try await fixture.authority.refusals(of: .signIn).contains("wrong_password"))
    }

    @Test("a sign-up again mails an unconfirmed holder; without the password, the link voids what was set")
    func mailedAgain() async throws {
        for isRight in [true, false] {
            let fixture = try await SupabaseFixture()
            try await fixture.signUp()
            _ = try await fixture.code(.supabaseSignup)
            fixture.clock.advance(by: .seconds(61))
            try await fixture.signUp("ada", isRight ? SupabaseFixture.password : "correct horse battery")
            _ = try await fixture.verify("signup", code: try await fixture.code(.supabaseSignup))
            let voided = try await fixture.authority.refusals(of: .credentialsVoided)
            #expect(voided == (isRight ? [] : [nil]))
        }
    }

    @Test("private registration answers every address alike, at the cost of one request that is looked up later")
    func privateRegistration() async throws {
        let fixture = try await SupabaseFixture { settings, _ in settings.preventsEnumeration = true }
        guard case .madeUp = try await fixture.signUp() else { throw ProviderTestFailure("the answer tells") }
        _ = try await fixture.verify("signup", code: try await fixture.code(.supabaseSignup))
        fixture.clock.advance(by: .seconds(61))

        guard case .madeUp = try await fixture.signUp("ada", "correct horse battery") else {
            throw ProviderTestFailure("the answer tells")
        }

        _ = try await fixture.authority.message(.addressAlreadyRegistered, to: "ada")
        _ = try await fixture.signIn()
    }

    @Test("what is refused before anything about the address is said")
    func refused() async throws {
        let fixture = try await SupabaseFixture()
        do {
            try await fixture.signUp("ada", "x7")
            Issue.record("a short password was accepted")
        } catch SupabaseError.weakPassword(let reasons) {
            #expect(reasons.contains("length"))
        }
        await #expect(throws: SupabaseError.anonymousDisabled) { try await fixture.anonymous() }
        let (api, returning) = (fixture.api, try fixture.returning())
        await #expect(throws: SupabaseError.phoneProviderDisabled) {
            try await api.signUp(
                SupabaseContact(email: nil, phone: "+4930123456"), password: SupabaseFixture.password, data: nil,
                returning: returning, locale: nil, from: client)
        }
        await #expect(throws: SupabaseError.self) {
            try await api.signUp(
                fixture.contact("ada"), password: nil, data: nil, returning: returning, locale: nil, from: client)
        }
        let long = JSONObject(dictionaryLiteral: ("text", .string(String(repeating: "x", count: 8_193))))
        await #expect(throws: SupabaseError.self) { try await fixture.signUp(data: long) }
        #expect(try await fixture.authority.service.users.count() == 0)
    }

    @Test("closed registration, and registration for other domains")
    func closed() async throws {
        for policy in [RegistrationPolicy.closed, .invitation] {
            let fixture = try await SupabaseFixture { settings, supabase in
                settings.registration = policy
                supabase.isAnonymousAllowed = true
            }
            await #expect(throws: SupabaseError.signUpDisabled) { try await fixture.signUp() }
            await #expect(throws: SupabaseError.signUpDisabled) { try await fixture.anonymous() }
            await #expect(throws: SupabaseError.signUpDisabled) { try await fixture.requestOTP() }
            #expect(fixture.api.publicSettings().isSignUpDisabled)
        }
    }

    @Test("an anonymous user has no identifier, and the least role")
    func anonymous() async throws {
        let fixture = try await SupabaseFixture { _, supabase in supabase.isAnonymousAllowed = true }
        let session = try await fixture.anonymous()
        let user = session.profile.record.user
        #expect(user.isAnonymous && user.role == .guest && user.email == nil && user.origin == .anonymous)
        #expect(session.profile.appMetadata.isEmpty)
        #expect(try await fixture.caller(session).user.id == user.id)
    }

    @Test("one mail of a kind a minute goes to an address, known or not")
    func interval() async throws {
        let fixture = try await SupabaseFixture()
        for name in ["ada", "unknown"] {
            try await fixture.api.recover(fixture.contact(name), returning: try fixture.returning(), from: client)
            await #expect(throws: SupabaseError.mailTooOften(seconds: 60)) {
                try await fixture.api.recover(fixture.contact(name), returning: try fixture.returning(), from: client)
            }
        }
        fixture.clock.advance(by: .seconds(60))
        try await fixture.api.recover(fixture.contact("ada"), returning: try fixture.returning(), from: client)
    }
}
