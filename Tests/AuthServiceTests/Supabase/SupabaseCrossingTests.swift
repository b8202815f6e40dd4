// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import Testing

/// The rows in the tables of docs/passwords.md where one API has set what the other one's proof finds, and where a key has set it.
@Suite("Credentials of strangers across both APIs")
struct SupabaseCrossingTests {
    /// How a user came to have Ada's address, with a password that nothing of hers has shown.
    enum Origin: String, CaseIterable, Sendable {
        case registered, madeByAdministrator
        case signUp, autoconfirm, autoconfirmedChange
        case madeByKey, confirmedByKey, signUpConfirmedByKey, passwordByKey, movedByKey, generatedLink

        var isAutoconfirmed: Bool { self == .autoconfirm || self == .autoconfirmedChange }

        /// Whether the address counts as proven.
        var isVerified: Bool {
            switch self {
            case .confirmedByKey, .signUpConfirmedByKey, .passwordByKey, .movedByKey: true
            case .registered, .madeByAdministrator, .signUp, .autoconfirm, .autoconfirmedChange, .madeByKey,
                .generatedLink:
                false
            }
        }

        func make(in fixture: SupabaseFixture) async throws {
            let (api, authority) = (fixture.api, fixture.authority)
            let (email, password) = ("ada@example.test", SupabaseFixture.password)
            switch self {
            case .registered: try await authority.register("ada", password: password)
            case .madeByAdministrator:
                let draft = UserDraft(
                    username: try Username("ada"), email: try authority.address("ada"), fullName: nil,
                    password: try Password(password))
                _ = try await authority.service.users.create(
                    draft, by: .commandLine, mustChangePassword: false, from: client)
            case .signUp: try await fixture.signUp()
            case .autoconfirm: _ = try await fixture.session()
            case .autoconfirmedChange:
                let session = try await fixture.session("mallory", password)
                _ = try await api.update(
                    try await fixture.caller(session), by: SupabaseUserChange(email: email), from: client)
            case .madeByKey, .confirmedByKey:
                let draft = SupabaseDraft(email: email, password: password, confirmsEmail: isVerified)
                _ = try await api.create(draft, by: try await fixture.admin(), from: client)
            case .signUpConfirmedByKey:
                try await fixture.signUp()
                _ = try await api.update(
                    try await fixture.user().id, by: SupabaseDraft(confirmsEmail: true),
                    as: try await fixture.admin(), from: client)
            case .passwordByKey:
                try await fixture.requestOTP()
                _ = try await fixture.verify("email", code: try await fixture.code(.supabaseSignup))
                _ = try await api.update(
                    try await fixture.user().id, by: SupabaseDraft(password: password),
                    as: try await fixture.admin(), from: client)
            case .movedByKey:
                let session = try await fixture.confirmed("mallory")
                _ = try await api.update(
                    session.profile.record.user.id, by: SupabaseDraft(email: email, confirmsEmail: true),
                    as: try await fixture.admin(), from: client)
            case .generatedLink:
                let order = SupabaseLinkOrder(type: "signup", email: email, password: password)
                _ = try await api.generateLink(order, by: try await fixture.admin(), from: client)
            }
        }
    }

    /// How what is there was bound to Ada's mailbox.
    enum Bond: String, CaseIterable, Sendable {
        case exchange, nativeCode, setAfterCode, setAfterRecovery

        func make(in fixture: SupabaseFixture) async throws {
            switch self {
            case .exchange: _ = try await fixture.confirmed()
            case .nativeCode:
                let (authority, users) = (fixture.authority, fixture.authority.service.users)
                try await authority.register("ada", password: SupabaseFixture.password)
                let pair = try await authority.attempt("ada", SupabaseFixture.password)
                let principal = try await authority.service.access.authenticate(pair.accessToken)
                guard
                    case .sent(let handle, _) = try await users.requestEmailVerification(for: principal, from: client)
                else { throw ProviderTestFailure("nothing was sent") }
                let code = try await authority.message(.emailVerification, to: "ada").typedCode
                _ = try await users.confirmEmailVerification(
                    ActionProof(handle: handle.revealed, code: code), from: client)
            case .setAfterCode:
                try await fixture.requestOTP()
                try await choose(in: fixture, by: "email", try await fixture.code(.supabaseSignup))
            case .setAfterRecovery:
                try await fixture.signUp("ada", "correct horse battery")
                fixture.clock.advance(by: .seconds(61))
                try await fixture.api.recover(fixture.contact("ada"), returning: try fixture.returning(), from: client)
                try await choose(in: fixture, by: "recovery", try await fixture.code(.supabaseRecovery))
            }
        }

        /// Sets a password in the session that a code opens.
        private func choose(in fixture: SupabaseFixture, by type: String, _ code: String) async throws {
            let session = try await fixture.verify(type, code: code)
            _ = try await fixture.api.update(
                try await fixture.caller(session), by: SupabaseUserChange(password: SupabaseFixture.password),
                from: client)
        }
    }

    private func fixture(isAutoconfirmed: Bool = false) async throws -> SupabaseFixture {
        try await SupabaseFixture { settings, supabase in
            settings.signsInByMail = true
            supabase.autoconfirm = isAutoconfirmed
        }
    }

    @Test(
        "a proof of either API voids what neither has bound, whichever of them has set it",
        arguments: Origin.allCases, SupabaseOwnProof.allCases)
    func matrix(_ origin: Origin, _ proof: SupabaseOwnProof) async throws {
        let fixture = try await fixture(isAutoconfirmed: origin.isAutoconfirmed)
        try await origin.make(in: fixture)
        let stranger = try await SupabaseStranger(in: fixture)
        let isConfirmed = origin.isAutoconfirmed || origin.isVerified
        #expect((stranger.session != nil) == isConfirmed)
        let user = try await fixture.user()
        #expect(!user.isBound && user.isVerified == origin.isVerified)
        fixture.clock.advance(by: .seconds(61))
        if proof == .nativeVerification, origin.isVerified {
            let authority = fixture.authority
            let address = try authority.address("ada")
            _ = try await authority.service.users.requestEmailVerification(of: address, from: client)
            await authority.service.completeDeferredWork()
            // There is nothing to verify, and nothing is mailed.
            #expect(!authority.mailer.messages(to: address).contains { $0.template == .emailVerification })
            return try await stranger.expectKept(isBound: false)
        }

        try await proof.prove(in: fixture, isConfirmed: isConfirmed)

        try await stranger.expectGone(isTold: proof != .nativeReset)
        if proof.setsPassword {
            _ = try await fixture.signIn("ada", SupabaseOwnProof.newPassword)
            _ = try await fixture.authority.attempt("ada@example.test", SupabaseOwnProof.newPassword)
        }
    }

    @Test(
        "what is bound stays at every later proof of either API", arguments: Bond.allCases,
        SupabaseOwnProof.allCases.filter { !$0.setsPassword && $0 != .nativeVerification })
    func bound(_ bond: Bond, _ proof: SupabaseOwnProof) async throws {
        let fixture = try await fixture()
        try await bond.make(in: fixture)
        let owner = try await SupabaseStranger(in: fixture)
        fixture.clock.advance(by: .seconds(61))

        try await proof.prove(in: fixture, isConfirmed: true)

        try await owner.expectKept(isBound: true)
    }

    @Test("a mail that was asked for again by address alone shows nothing, and voids", arguments: [true, false])
    func resent(_ byCode: Bool) async throws {
        let fixture = try await fixture()
        try await fixture.signUp()
        let stranger = try await SupabaseStranger(in: fixture)
        fixture.clock.advance(by: .seconds(61))
        try await fixture.api.resend(
            "signup", fixture.contact("ada"), returning: try fixture.returning(), from: client)
        if byCode {
            _ = try await fixture.verify("signup", code: try await fixture.code(.supabaseSignup))
        } else {
            _ = await fixture.follow(try await fixture.hash(.supabaseSignup), "signup")
        }
        try await stranger.expectGone(isTold: true)
    }

    @Test("the link that a key has made with a password voids it, and so does its code", arguments: [true, false])
    func generatedLink(_ byCode: Bool) async throws {
        let fixture = try await fixture()
        let order = SupabaseLinkOrder(type: "signup", email: "ada@example.test", password: SupabaseFixture.password)
        let link = try await fixture.api.generateLink(order, by: try await fixture.admin(), from: client)
        let stranger = try await SupabaseStranger(in: fixture)
        if byCode {
            _ = try await fixture.verify("signup", code: link.code)
        } else {
            #expect((await fixture.follow(link.hashedToken, "signup")).contains("access_token="))
        }
        try await stranger.expectGone(isTold: true)
    }

    @Test("an invitation by a key voids what was there, and where nothing was, binds what is set in its session")
    func invitation() async throws {
        for hasSignedUp in [true, false] {
            let fixture = try await fixture()
            if hasSignedUp { try await fixture.signUp() }
            let stranger = try await hasSignedUp ? SupabaseStranger(in: fixture) : nil
            _ = try await fixture.api.invite(
                email: "ada@example.test", data: nil, redirectTo: nil, by: try await fixture.admin(), from: client)
            let session = try await fixture.verify("invite", code: try await fixture.code(.supabaseInvite))
            if let stranger {
                try await stranger.expectGone(isTold: true)
            } else {
                #expect(try await fixture.authority.refusals(of: .credentialsVoided).isEmpty)
                _ = try await fixture.api.update(
                    try await fixture.caller(session), by: SupabaseUserChange(password: SupabaseFixture.password),
                    from: client)
                let owner = try await SupabaseStranger(in: fixture)
                fixture.clock.advance(by: .seconds(61))
                try await SupabaseOwnProof.link.prove(in: fixture, isConfirmed: true)
                try await owner.expectKept(isBound: true)
            }
        }
    }

    @Test("who registered natively and signs up here with the same password keeps it, and with a challenge binds it")
    func signUpAfterRegistration() async throws {
        for (password, isBound) in [
            (SupabaseFixture.password, false), (SupabaseFixture.password, true), ("correct horse battery", nil),
        ] as [(String, Bool?)] {
            let fixture = try await fixture()
            try await fixture.authority.register("ada", password: SupabaseFixture.password)
            let holder = try await SupabaseStranger(in: fixture)
            try await fixture.signUp("ada", password, withChallenge: isBound != false)
            let target = await fixture.follow(try await fixture.hash(.supabaseSignup), "signup")
            if isBound != false {
                _ = try await fixture.exchange(try #require(SupabaseFixture.parameter("code", of: target)))
            }
            if let isBound {
                try await holder.expectKept(isBound: isBound)
            } else {
                try await holder.expectGone(isTold: true)
            }
        }
    }

    @Test("the password of a sign-up here that is typed beside a native verification is bound")
    func typedPassword() async throws {
        let fixture = try await fixture()
        try await fixture.signUp()
        let owner = try await SupabaseStranger(in: fixture)
        let users = fixture.authority.service.users
        _ = try await users.requestEmailVerification(of: try fixture.authority.address("ada"), from: client)
        let token = try await fixture.authority.message(.emailVerification, to: "ada").token
        let proven = try await users.confirmEmailVerification(
            ActionProof(token: token), password: try Password(SupabaseFixture.password), from: client)
        #expect(proven.effect == .bind)
        try await owner.expectKept(isBound: true)
    }

    @Test("an access token of authd's own routes shows nothing beside a code of this API")
    func nativeToken() async throws {
        let fixture = try await fixture()
        try await fixture.signUp()
        let stranger = try await SupabaseStranger(in: fixture)
        fixture.clock.advance(by: .seconds(61))
        try await fixture.requestOTP()
        _ = try await fixture.verify(
            "email", code: try await fixture.code(.supabaseSignup), bearing: stranger.native.accessToken)
        try await stranger.expectGone(isTold: true)
    }
}
