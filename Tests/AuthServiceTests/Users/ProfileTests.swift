// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthTesting
import Testing

@Suite("Own profile")
struct ProfileTests {
    func change(_ address: String) throws -> ProfileChange {
        ProfileChange(email: try EmailAddress(address))
    }

    // ASVS 7.5.1, 6.2.3
    // Behaviour F88
    @Test("a token alone does not change the address, to which a reset would be mailed")
    func addressNeedsPassword() async throws {
        let authority = try await TestAuthority()
        let principal = try await authority.principal("ada")

        await #expect(throws: AuthError.reauthenticationRequired) {
            try await authority.service.users.updateProfile(
                of: principal, by: try change("thief@example.test"), from: client)
        }
        await #expect(throws: AuthError.reauthenticationRequired) {
            try await authority.service.users.updateProfile(
                of: principal, by: ProfileChange(email: .some(nil)), from: client)
        }
        await #expect(throws: AuthError.wrongCurrentPassword) {
            try await authority.service.users.updateProfile(
                of: principal, by: try change("thief@example.test"),
                confirmedBy: try Password("not the current one"), from: client)
        }

        #expect(try await authority.service.users.user(withID: principal.user.id).email == principal.user.email)
        #expect(try await authority.refusals(of: .profileChanged) == ["wrong_password"])
    }

    // ASVS 7.5.1
    @Test("where no mail can be sent the address changes at once with the password, and is unverified")
    func withPassword() async throws {
        let authority = try await TestAuthority(hasMail: false)
        let principal = try await authority.principal("ada")

        let changed = try await authority.service.users.updateProfile(
            of: principal, by: try change("lovelace@example.test"),
            confirmedBy: try Password(TestAuthority.password), from: client)

        #expect(changed.user.email?.canonical == "lovelace@example.test" && !changed.user.isVerified)
        #expect(changed.user.newEmail == nil && changed.flow == nil)
    }

    @Test("everything else, and another spelling of the same address, needs no password")
    func otherFields() async throws {
        let authority = try await TestAuthority()
        let principal = try await authority.principal("ada")

        let changed = try await authority.service.users.updateProfile(
            of: principal,
            by: ProfileChange(
                username: try Username("lovelace"), email: try EmailAddress("Ada@Example.test"),
                fullName: try FullName("Ada Lovelace")),
            from: client)

        #expect(changed.user.username?.original == "lovelace" && changed.user.email?.original == "Ada@Example.test")
    }
}

/// With `REGISTRATION_PRIVACY`, a change of address must not allow user enumeration either.
@Suite("Own profile where registration is private")
struct PrivateProfileTests {
    /// A service with `ada` and `bob`, both proven, of whom `ada` is signed in.
    func authority() async throws -> (TestAuthority, Principal) {
        let authority = try await TestAuthority(
            settings: AuthSettings(issuer: "https://auth.example.test", preventsEnumeration: true))
        for name in ["ada", "bob"] {
            let draft = UserDraft(
                username: try Username(name), email: try authority.address(name), fullName: nil,
                password: try Password(TestAuthority.password), isVerified: true)
            _ = try await authority.service.users.create(
                draft, by: .commandLine, mustChangePassword: false, from: client)
        }
        return (authority, try await authority.service.access.authenticate(authority.attempt("ada").accessToken))
    }

    func propose(
        _ name: String, _ principal: Principal, _ authority: TestAuthority
    ) async throws -> (user: User, messages: [MailMessage]) {
        let user = try await authority.service.users.updateProfile(
            of: principal, by: ProfileChange(email: try authority.address(name)),
            confirmedBy: try Password(TestAuthority.password), from: client
        ).user
        await authority.service.completeDeferredWork()
        return (user, authority.mailer.messages(to: try authority.address(name)))
    }

    @Test("a taken and a free address get the same answer, and only the mail says which it was")
    func alike() async throws {
        let (authority, principal) = try await authority()

        let taken = try await propose("bob", principal, authority)
        let free = try await propose("lovelace", principal, authority)

        for (user, new) in [(taken.user, "bob@example.test"), (free.user, "lovelace@example.test")] {
            #expect(user.email == principal.user.email && user.newEmail?.canonical == new)
        }
        #expect(taken.messages == [.addressAlreadyRegistered])
        #expect(free.messages.count == 1 && free.messages.first?.token != nil)
        #expect(
            try await authority.refusals(of: .addressChangeRequested) == ["address_taken", nil])
    }

    @Test("the token from the new mailbox changes and verifies the address, once, and the old one gets a notice")
    func moves() async throws {
        let (authority, principal) = try await authority()
        let token = try #require(try await propose("lovelace", principal, authority).messages.first?.token)

        let moved = try await authority.service.users.confirmAddressChange(
            ActionProof(token: token), from: client)
        await authority.service.completeDeferredWork()

        #expect(moved.email?.canonical == "lovelace@example.test" && moved.isVerified)
        #expect(authority.mailer.messages(to: try authority.address("ada")).map(\.template) == [.addressUndo])
        #expect(try await authority.attempt("lovelace@example.test").user.id == principal.user.id)
        await #expect(throws: AuthError.invalidOneTimeToken) {
            try await authority.service.users.confirmAddressChange(ActionProof(token: token), from: client)
        }
    }

    @Test("the token is void when it has expired, the user has changed, or another user has taken the address")
    func voided() async throws {
        let (authority, principal) = try await authority()
        func expectVoid(_ token: String) async {
            await #expect(throws: AuthError.invalidOneTimeToken) {
                try await authority.service.users.confirmAddressChange(ActionProof(token: token), from: client)
            }
        }
        func token(_ name: String) async throws -> String {
            try #require(try await propose(name, principal, authority).messages.last?.token)
        }

        let late = try await token("late")
        authority.clock.advance(by: authority.service.settings.emailVerificationLifetime)
        await expectVoid(late)

        let overtaken = try await token("overtaken")
        let draft = UserDraft(
            username: nil, email: try authority.address("overtaken"), fullName: nil, password: nil)
        _ = try await authority.service.users.create(draft, by: .commandLine, from: client)
        await expectVoid(overtaken)

        let first = try await token("first")
        let second = try await token("second")
        _ = try await authority.service.users.confirmAddressChange(ActionProof(token: second), from: client)
        await expectVoid(first)

        // The budget of mails has room again.
        authority.clock.advance(by: .seconds(3_600))
        let moved = try await authority.service.access.authenticate(authority.attempt("ada").accessToken)
        let beforeReset = try #require(try await propose("third", moved, authority).messages.last?.token)
        let reset = try #require(
            await authority.service.passwords.requestResetRevealing(
                of: authority.address("second"), from: client
            ).token)
        try await authority.service.passwords.confirmReset(
            ActionProof(token: reset.revealed), newPassword: Password("another good one"), from: client)
        await expectVoid(beforeReset)
        #expect(try await authority.service.users.user(withID: principal.user.id).email == moved.user.email)
    }

    @Test("no changed character of the token is accepted, nor the token for another purpose")
    func forged() async throws {
        let (authority, principal) = try await authority()
        let token = try #require(try await propose("lovelace", principal, authority).messages.first?.token)

        for index in token.indices {
            let other: Character = token[index] == "A" ? "B" : "A"
            let changed = token[..<index] + String(other) + token[token.index(after: index)...]
            await #expect(throws: AuthError.invalidOneTimeToken) {
                try await authority.service.users.confirmAddressChange(
                    ActionProof(token: String(changed)), from: client)
            }
        }
        await #expect(throws: AuthError.invalidOneTimeToken) {
            try await authority.service.passwords.confirmReset(
                ActionProof(token: token), newPassword: Password("another good one"), from: client)
        }
        _ = try await authority.service.users.confirmAddressChange(ActionProof(token: token), from: client)
    }

    @Test("a username is public, and a taken one is reported")
    func username() async throws {
        let (authority, principal) = try await authority()

        await #expect(throws: AuthError.identifierTaken(.username)) {
            try await authority.service.users.updateProfile(
                of: principal, by: ProfileChange(username: try Username("bob")), from: client)
        }
    }
}
