// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import Testing

/// The rows and columns of Supabase's API in the table of docs/passwords.md: what a proof of the mailbox does to what was there
/// before it.
@Suite("Supabase's API and credentials of strangers")
struct SupabasePreHijackTests {
    /// How a user came to have Ada's address.
    enum Origin: String, CaseIterable, Sendable {
        case signUp, autoconfirm, oneTimePassword, madeByKey, anonymousUpgrade, provider

        /// Whether a stranger could set something with it: a password, or a session.
        var isStrange: Bool {
            switch self {
            case .signUp, .autoconfirm, .madeByKey, .anonymousUpgrade: true
            case .oneTimePassword, .provider: false
            }
        }
    }

    /// How Ada proves the address.
    private static let proofs: [SupabaseOwnProof] = [.link, .code, .exchange, .recovery, .nativeReset, .provider]

    private static let stranger = SupabaseFixture.password

    /// Makes the user, and the session that a stranger holds, where there is one.
    private func make(_ origin: Origin, in fixture: SupabaseFixture) async throws -> SupabaseSession? {
        switch origin {
        case .signUp:
            try await fixture.signUp("ada", Self.stranger)
            return nil
        case .autoconfirm:
            return try await fixture.session("ada", Self.stranger)
        case .oneTimePassword:
            try await fixture.requestOTP()
            await fixture.authority.service.completeDeferredWork()
            return nil
        case .madeByKey:
            _ = try await fixture.api.create(
                SupabaseDraft(email: "ada@example.test", password: Self.stranger), by: try await fixture.admin(),
                from: client)
            return nil
        case .anonymousUpgrade:
            let session = try await fixture.anonymous()
            _ = try await fixture.api.update(
                try await fixture.caller(session), by: SupabaseUserChange(email: "ada@example.test"), from: client)
            // Ada opens the link of the stranger.
            _ = await fixture.follow(try await fixture.hash(.supabaseEmailChangeNew), "email_change")
            return session
        case .provider:
            let target = try await fixture.travel()
            _ = try await fixture.exchange(try #require(SupabaseFixture.parameter("code", of: target)))
            return nil
        }
    }

    @Test(
        "a proof that did not show what a stranger has set voids it, and keeps what none could set",
        arguments: Origin.allCases, proofs)
    func matrix(_ origin: Origin, _ proof: SupabaseOwnProof) async throws {
        let fixture = try await SupabaseFixture { _, supabase in
            supabase.autoconfirm = origin == .autoconfirm
            supabase.isAnonymousAllowed = true
        }
        let session = try await make(origin, in: fixture)
        let id = try await fixture.user().id
        fixture.clock.advance(by: .seconds(61))
        let isConfirmed: Bool
        switch origin {
        case .autoconfirm, .anonymousUpgrade, .provider: isConfirmed = true
        case .signUp, .oneTimePassword, .madeByKey: isConfirmed = false
        }

        try await proof.prove(in: fixture, isConfirmed: isConfirmed)

        let user = try await fixture.user()
        #expect(user.id == id && user.isVerified)
        await #expect(throws: SupabaseError.invalidCredentials) { try await fixture.signIn("ada", Self.stranger) }
        await #expect(throws: AuthError.invalidCredentials) {
            try await fixture.authority.attempt("ada@example.test", Self.stranger)
        }
        if let session {
            await #expect(throws: SupabaseError.self) { try await fixture.caller(session) }
            await #expect(throws: SupabaseError.self) {
                try await fixture.api.refresh(session.refreshToken, from: client)
            }
        }
        if !origin.isStrange {
            #expect(try await fixture.authority.refusals(of: .credentialsVoided).isEmpty)
        }
    }

    @Test("who signs up, types the code and later proves the mailbox by another flow loses the password, and is told")
    func unboundPassword() async throws {
        let fixture = try await SupabaseFixture()
        try await fixture.signUp()
        _ = try await fixture.verify("signup", code: try await fixture.code(.supabaseSignup))
        _ = try await fixture.signIn()
        fixture.clock.advance(by: .seconds(61))
        try await fixture.requestOTP()

        _ = try await fixture.verify("email", code: try await fixture.code(.supabaseMagicLink))

        await #expect(throws: SupabaseError.invalidCredentials) { try await fixture.signIn() }
        _ = try await fixture.authority.message(.credentialsVoided, to: "ada")
    }

    @Test("a code that is typed in a live session of the user binds, and a later proof keeps the password")
    func shownSession() async throws {
        let fixture = try await SupabaseFixture()
        try await fixture.signUp()
        let first = try await fixture.verify("signup", code: try await fixture.code(.supabaseSignup))
        fixture.clock.advance(by: .seconds(61))
        try await fixture.requestOTP()
        _ = try await fixture.verify(
            "email", code: try await fixture.code(.supabaseMagicLink), bearing: first.accessToken)
        #expect(try await fixture.user().isBound)
        _ = try await fixture.signIn()
    }

    @Test("the session of another user that is shown with a code binds nothing")
    func foreignSession() async throws {
        let fixture = try await SupabaseFixture()
        let grace = try await fixture.confirmed("grace")
        try await fixture.signUp()
        fixture.clock.advance(by: .seconds(61))
        try await fixture.requestOTP()
        _ = try await fixture.verify(
            "email", code: try await fixture.code(.supabaseSignup), bearing: grace.accessToken)
        await #expect(throws: SupabaseError.invalidCredentials) { try await fixture.signIn() }
    }
}
