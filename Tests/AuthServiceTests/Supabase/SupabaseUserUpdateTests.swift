// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import Testing

@Suite("Supabase's API: changes by users")
struct SupabaseUserUpdateTests {
    private static let newPassword = "green lantern over the bay"

    private func update(
        _ fixture: SupabaseFixture, _ session: SupabaseSession, _ change: SupabaseUserChange
    ) async throws -> SupabaseProfile {
        try await fixture.api.update(try await fixture.caller(session), by: change, from: client)
    }

    @Test("metadata is merged, null removes, and needs no proof; what belongs to keys is refused")
    func metadata() async throws {
        let fixture = try await SupabaseFixture.autoconfirming()
        let session = try await fixture.session()
        fixture.clock.advance(by: .seconds(1_700))
        let first = try await update(
            fixture, session, SupabaseUserChange(data: ["color": "red", "size": 3, "sub": "another"]))
        #expect(first.userMetadata["color"] == "red" && first.userMetadata["size"] == 3)
        #expect(first.userMetadata["sub"] == .string(first.record.user.id.description))
        let second = try await update(fixture, session, SupabaseUserChange(data: ["color": nil]))
        #expect(second.userMetadata["color"] == nil && second.userMetadata["size"] == 3)
        await #expect(throws: SupabaseError.notAdmin) {
            try await self.update(fixture, session, SupabaseUserChange(hasAppMetadata: true))
        }
        await #expect(throws: SupabaseError.phoneProviderDisabled) {
            try await self.update(fixture, session, SupabaseUserChange(phone: "+4930123456"))
        }
    }

    @Test("a password needs a recent sign-in, the current one, or a code that is mailed; other sessions end")
    func password() async throws {
        let fixture = try await SupabaseFixture()
        let session = try await fixture.confirmed()
        let other = try await fixture.signIn()
        fixture.clock.advance(by: .seconds(16 * 60))
        let change = SupabaseUserChange(password: Self.newPassword)
        await #expect(throws: SupabaseError.reauthenticationNeeded) {
            try await self.update(fixture, session, change)
        }
        await #expect(throws: SupabaseError.currentPasswordInvalid) {
            try await self.update(
                fixture, session, SupabaseUserChange(password: Self.newPassword, currentPassword: "a wrong one"))
        }
        await #expect(throws: SupabaseError.samePassword) {
            try await self.update(
                fixture, session,
                SupabaseUserChange(
                    password: SupabaseFixture.password, currentPassword: SupabaseFixture.password))
        }
        try await fixture.api.reauthenticate(try await fixture.caller(session), from: client)
        let message = try await fixture.authority.message(.supabaseReauthentication, to: "ada")
        #expect(message.link == nil && message.token == nil)
        let code = try #require(message.typedCode)
        await #expect(throws: SupabaseError.reauthenticationNotValid) {
            try await self.update(
                fixture, session, SupabaseUserChange(password: Self.newPassword, nonce: "00000000"))
        }

        _ = try await update(fixture, session, SupabaseUserChange(password: Self.newPassword, nonce: code))

        _ = try await fixture.caller(session)
        await #expect(throws: SupabaseError.sessionNotFound) { try await fixture.caller(other) }
        _ = try await fixture.signIn("ada", Self.newPassword)
        #expect(try await fixture.user().isBound)
        await #expect(throws: SupabaseError.reauthenticationNotValid) {
            try await self.update(
                fixture, session, SupabaseUserChange(password: "seven lamps along the river", nonce: code))
        }
    }

    @Test("a session that a recovery opened may set a password")
    func recovery() async throws {
        let fixture = try await SupabaseFixture()
        _ = try await fixture.confirmed()
        fixture.clock.advance(by: .seconds(61))
        try await fixture.api.recover(fixture.contact("ada"), returning: try fixture.returning(), from: client)
        let session = try await fixture.verify("recovery", code: try await fixture.code(.supabaseRecovery))
        fixture.clock.advance(by: .seconds(20 * 60))
        _ = try await update(fixture, session, SupabaseUserChange(password: Self.newPassword))
        _ = try await fixture.signIn("ada", Self.newPassword)
    }

    @Test("an address is the user's once both mailboxes have confirmed it, in either order", arguments: [true, false])
    func addressChange(_ newFirst: Bool) async throws {
        let fixture = try await SupabaseFixture()
        let session = try await fixture.confirmed()
        fixture.clock.advance(by: .seconds(61))
        let profile = try await update(fixture, session, SupabaseUserChange(email: "countess@example.test"))
        #expect(profile.record.user.newEmail?.canonical == "countess@example.test")
        #expect(profile.record.user.email?.canonical == "ada@example.test")
        let codes = [
            ("countess", try await fixture.code(.supabaseEmailChangeNew, to: "countess")),
            ("ada", try await fixture.code(.supabaseEmailChangeCurrent)),
        ]
        let (first, second) = newFirst ? (codes[0], codes[1]) : (codes[1], codes[0])

        let verified = try await fixture.api.verify(
            type: "email_change", fixture.contact(first.0), token: first.1, tokenHash: nil, hasRedirect: false,
            bearing: nil, from: client)
        guard case .first = verified else { throw ProviderTestFailure("one confirmation was enough") }
        #expect(try await fixture.user().newEmail != nil)
        let changed = try await fixture.verify("email_change", code: second.1, of: second.0)

        #expect(changed.profile.record.user.email?.canonical == "countess@example.test")
        #expect(changed.profile.record.user.isVerified)
        _ = try await fixture.authority.message(.addressUndo, to: "ada")
    }

    @Test("an address that is taken is told, unless registration is private")
    func taken() async throws {
        for isPrivate in [false, true] {
            let fixture = try await SupabaseFixture { settings, _ in settings.preventsEnumeration = isPrivate }
            let session = try await fixture.confirmed()
            fixture.clock.advance(by: .seconds(61))
            _ = try await fixture.confirmed("grace")
            let change = SupabaseUserChange(email: "grace@example.test")
            if isPrivate {
                _ = try await update(fixture, session, change)
            } else {
                await #expect(throws: SupabaseError.emailExists) { try await self.update(fixture, session, change) }
            }
            #expect(try await fixture.user().email?.canonical == "ada@example.test")
        }
    }

    @Test("an anonymous user with an address is none any more: at once with autoconfirm, by one mail without")
    func upgrade() async throws {
        for autoconfirm in [true, false] {
            let fixture = try await SupabaseFixture { _, supabase in
                supabase.isAnonymousAllowed = true
                supabase.autoconfirm = autoconfirm
            }
            let session = try await fixture.anonymous()
            await #expect(throws: SupabaseError.self) {
                try await self.update(fixture, session, SupabaseUserChange(password: Self.newPassword))
            }
            _ = try await update(fixture, session, SupabaseUserChange(email: "ada@example.test"))
            if !autoconfirm {
                _ = try await fixture.verify("email_change", code: try await fixture.code(.supabaseEmailChangeNew))
            }
            let user = try await fixture.user()
            #expect(user.id == session.profile.record.user.id && !user.isAnonymous && user.role == .user)
            #expect(user.isVerified != autoconfirm)
        }
    }

    @Test("with autoconfirm an address counts at once, and is neither proven nor bound")
    func immediateChange() async throws {
        let fixture = try await SupabaseFixture.autoconfirming()
        let session = try await fixture.session()
        let profile = try await update(fixture, session, SupabaseUserChange(email: "countess@example.test"))
        let user = profile.record.user
        #expect(user.email?.canonical == "countess@example.test" && !user.isVerified && !user.isBound)
        #expect(profile.confirmedAt != nil)
        // The holder of the former address, who never proved it, has no part in the user.
        await fixture.authority.service.completeDeferredWork()
        let told = fixture.authority.mailer.messages(to: try fixture.authority.address("ada"))
        #expect(!told.contains { $0.template == .addressUndo })
    }

    @Test("with autoconfirm a proven address still gives way to a proven one alone")
    func proven() async throws {
        let fixture = try await SupabaseFixture.autoconfirming()
        try await fixture.requestOTP()
        let session = try await fixture.verify("email", code: try await fixture.code(.supabaseMagicLink))
        #expect(session.profile.record.user.isVerified)
        let profile = try await update(fixture, session, SupabaseUserChange(email: "countess@example.test"))
        let user = profile.record.user
        #expect(user.email?.canonical == "ada@example.test" && user.isVerified)
        #expect(user.newEmail?.canonical == "countess@example.test")

        // Both mailboxes confirm, as without autoconfirm.
        let codes = (
            new: try await fixture.code(.supabaseEmailChangeNew, to: "countess"),
            current: try await fixture.code(.supabaseEmailChangeCurrent)
        )
        let verified = try await fixture.api.verify(
            type: "email_change", fixture.contact("countess"), token: codes.new, tokenHash: nil, hasRedirect: false,
            bearing: nil, from: client)
        guard case .first = verified else { throw ProviderTestFailure("the address was changed by one mailbox") }
        #expect(try await fixture.user().newEmail?.canonical == "countess@example.test")
        _ = try await fixture.verify("email_change", code: codes.current)
        #expect(try await fixture.user("countess").isVerified)
    }

    @Test("with a wrong code nothing is told of passwords and addresses, and no mail is counted")
    func wrongNonce() async throws {
        let fixture = try await SupabaseFixture()
        let session = try await fixture.confirmed()
        fixture.clock.advance(by: .seconds(61))
        _ = try await fixture.confirmed("grace")
        fixture.clock.advance(by: .seconds(16 * 60))
        let changes = [
            SupabaseUserChange(password: SupabaseFixture.password, nonce: "x"),
            SupabaseUserChange(password: Self.newPassword, nonce: "x"),
            SupabaseUserChange(email: "grace@example.test", nonce: "x"),
            SupabaseUserChange(email: "countess@example.test", nonce: "x"),
        ]
        for change in changes {
            await #expect(throws: SupabaseError.reauthenticationNotValid) {
                try await self.update(fixture, session, change)
            }
        }
        try await fixture.api.reauthenticate(try await fixture.caller(session), from: client)
        let code = try await fixture.code(.supabaseReauthentication)
        // The interval of the address is still whole.
        _ = try await update(fixture, session, SupabaseUserChange(email: "countess@example.test", nonce: code))
        _ = try await fixture.code(.supabaseEmailChangeNew, to: "countess")
    }

    @Test("the right code is used up by a change that is refused")
    func usedNonce() async throws {
        let fixture = try await SupabaseFixture()
        let session = try await fixture.confirmed()
        fixture.clock.advance(by: .seconds(16 * 60))
        try await fixture.api.reauthenticate(try await fixture.caller(session), from: client)
        let code = try await fixture.code(.supabaseReauthentication)
        await #expect(throws: SupabaseError.samePassword) {
            try await self.update(fixture, session, SupabaseUserChange(password: SupabaseFixture.password, nonce: code))
        }
        await #expect(throws: SupabaseError.reauthenticationNotValid) {
            try await self.update(fixture, session, SupabaseUserChange(password: Self.newPassword, nonce: code))
        }
    }

    @Test("changes of the address share one interval with what asks for a further mail")
    func interval() async throws {
        let fixture = try await SupabaseFixture()
        let session = try await fixture.confirmed()
        fixture.clock.advance(by: .seconds(61))
        _ = try await update(fixture, session, SupabaseUserChange(email: "countess@example.test"))
        await #expect(throws: SupabaseError.mailTooOften(seconds: 60)) {
            try await self.update(fixture, session, SupabaseUserChange(email: "lovelace@example.test"))
        }
        await #expect(throws: SupabaseError.mailTooOften(seconds: 60)) {
            try await fixture.api.resend(
                "email_change", fixture.contact("ada"), returning: try fixture.returning(), from: client)
        }
        fixture.clock.advance(by: .seconds(61))
        try await fixture.api.resend(
            "email_change", fixture.contact("ada"), returning: try fixture.returning(), from: client)
    }

    @Test("a user with a second factor changes neither password nor address here, and metadata all the same")
    func secondFactor() async throws {
        let fixture = try await SupabaseFixture()
        let session = try await fixture.confirmed()
        fixture.factor.enroll(session.profile.record.user.id)
        fixture.clock.advance(by: .seconds(61))
        for change in [
            SupabaseUserChange(password: Self.newPassword), SupabaseUserChange(email: "countess@example.test"),
        ] {
            await #expect(throws: SupabaseError.insufficientLevel) {
                try await self.update(fixture, session, change)
            }
        }
        _ = try await update(fixture, session, SupabaseUserChange(data: ["color": "red"]))
    }
}
