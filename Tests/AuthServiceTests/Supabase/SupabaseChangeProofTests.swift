// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import Testing

/// The rows in the tables of docs/passwords.md where a user gets Ada's address by a change that is confirmed by mail.
@Suite("Supabase's API: credentials and confirmed changes of address")
struct SupabaseChangeProofTests {
    /// Mallory, whose credentials are bound to an address of her own, asks for Ada's.
    private func ask(in fixture: SupabaseFixture, withChallenge: Bool = false) async throws -> SupabaseStranger {
        _ = try await fixture.confirmed("mallory")
        let mallory = try await SupabaseStranger(in: fixture, as: "mallory")
        fixture.clock.advance(by: .seconds(61))
        let session = try #require(mallory.session)
        _ = try await fixture.api.update(
            try await fixture.caller(session),
            by: SupabaseUserChange(
                email: "ada@example.test", returning: try fixture.returning(withChallenge: withChallenge)),
            from: client)
        return mallory
    }

    /// The present mailbox confirms first, by its code.
    private func confirmPresent(in fixture: SupabaseFixture) async throws {
        let verified = try await fixture.api.verify(
            type: "email_change", fixture.contact("mallory"),
            token: try await fixture.code(.supabaseEmailChangeCurrent, to: "mallory"), tokenHash: nil,
            hasRedirect: false, bearing: nil, from: client)
        guard case .first = verified else { throw ProviderTestFailure("one confirmation was enough") }
    }

    private func followPresent(in fixture: SupabaseFixture) async throws -> String {
        await fixture.follow(try await fixture.hash(.supabaseEmailChangeCurrent, to: "mallory"), "email_change")
    }

    @Test(
        "a change that is confirmed by itself unbinds, and the next proof of the new mailbox voids",
        arguments: [true, false], SupabaseOwnProof.allCases.filter { $0 != .nativeVerification })
    func elsewhere(_ byCode: Bool, _ later: SupabaseOwnProof) async throws {
        let fixture = try await SupabaseFixture { settings, _ in settings.signsInByMail = true }
        let mallory = try await ask(in: fixture)
        if byCode {
            try await confirmPresent(in: fixture)
            _ = try await fixture.verify("email_change", code: try await fixture.code(.supabaseEmailChangeNew))
        } else {
            let first = try await followPresent(in: fixture)
            #expect(SupabaseFixture.parameter("message", of: first) != nil)
            let target = await fixture.follow(try await fixture.hash(.supabaseEmailChangeNew), "email_change")
            #expect(target.contains("access_token="))
        }
        try await mallory.expectKept(isBound: false)
        fixture.clock.advance(by: .seconds(61))

        try await later.prove(in: fixture, isConfirmed: true)

        try await mallory.expectGone(isTold: later != .nativeReset)
    }

    @Test("a change whose code comes with a live session, or whose code the client exchanges that asked, is bound")
    func here() async throws {
        for byExchange in [true, false] {
            let fixture = try await SupabaseFixture()
            let owner = try await ask(in: fixture, withChallenge: byExchange)
            if byExchange {
                let first = try await followPresent(in: fixture)
                #expect(first.contains("?message=") && first.contains("#message="))
                let target = await fixture.follow(try await fixture.hash(.supabaseEmailChangeNew), "email_change")
                _ = try await fixture.exchange(try #require(SupabaseFixture.parameter("code", of: target)))
            } else {
                try await confirmPresent(in: fixture)
                _ = try await fixture.verify(
                    "email_change", code: try await fixture.code(.supabaseEmailChangeNew),
                    bearing: try #require(owner.session).accessToken)
            }
            try await owner.expectKept(isBound: true)
            fixture.clock.advance(by: .seconds(61))
            try await SupabaseOwnProof.link.prove(in: fixture, isConfirmed: true)
            try await owner.expectKept(isBound: true)
        }
    }

    @Test("what confirms a change again, or was made by a key, unbinds alike", arguments: [true, false])
    func withoutSession(_ byKey: Bool) async throws {
        let fixture = try await SupabaseFixture()
        let mallory: SupabaseStranger
        let hashes: [String]
        if byKey {
            _ = try await fixture.confirmed("mallory")
            mallory = try await SupabaseStranger(in: fixture, as: "mallory")
            let admin = try await fixture.admin()
            var made: [String] = []
            for type in ["email_change_current", "email_change_new"] {
                let order = SupabaseLinkOrder(
                    type: type, email: "mallory@example.test", newEmail: "ada@example.test")
                made.append(try await fixture.api.generateLink(order, by: admin, from: client).hashedToken)
            }
            hashes = made
        } else {
            mallory = try await ask(in: fixture)
            fixture.clock.advance(by: .seconds(61))
            try await fixture.api.resend(
                "email_change", fixture.contact("mallory"), returning: try fixture.returning(), from: client)
            hashes = [
                try await fixture.hash(.supabaseEmailChangeCurrent, to: "mallory"),
                try await fixture.hash(.supabaseEmailChangeNew),
            ]
        }
        for hash in hashes { _ = await fixture.follow(hash, "email_change") }
        try await mallory.expectKept(isBound: false)
        fixture.clock.advance(by: .seconds(61))
        try await SupabaseOwnProof.link.prove(in: fixture, isConfirmed: true)
        try await mallory.expectGone(isTold: true)
    }

    @Test(
        "the session of a guest survives the link or the code for the address, and is not bound",
        arguments: [true, false])
    func guest(_ byCode: Bool) async throws {
        let fixture = try await SupabaseFixture { _, supabase in supabase.isAnonymousAllowed = true }
        let session = try await fixture.anonymous()
        _ = try await fixture.api.update(
            try await fixture.caller(session), by: SupabaseUserChange(email: "ada@example.test"), from: client)
        if byCode {
            _ = try await fixture.verify("email_change", code: try await fixture.code(.supabaseEmailChangeNew))
        } else {
            _ = await fixture.follow(try await fixture.hash(.supabaseEmailChangeNew), "email_change")
        }
        let user = try await fixture.user()
        #expect(user.id == session.profile.record.user.id && user.isVerified && !user.isBound)
        _ = try await fixture.caller(session)
        fixture.clock.advance(by: .seconds(61))

        try await SupabaseOwnProof.code.prove(in: fixture, isConfirmed: true)

        await #expect(throws: SupabaseError.sessionNotFound) { try await fixture.caller(session) }
        #expect(try await fixture.authority.refusals(of: .credentialsVoided) == [nil])
    }
}
