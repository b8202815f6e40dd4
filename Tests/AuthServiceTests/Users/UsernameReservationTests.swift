// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthTesting
import Testing

@Suite("Usernames of deleted users")
struct UsernameReservationTests {
    private static let day = Duration.seconds(86_400)

    private func authority(_ reservation: Duration?, privately: Bool = false) async throws -> TestAuthority {
        var settings = AuthSettings(issuer: "https://auth.example.test", preventsEnumeration: privately)
        settings.usernameReservation = reservation
        return try await TestAuthority(settings: settings)
    }

    private func delete(_ name: String, _ authority: TestAuthority) async throws {
        let user = try await authority.service.users.user(identifiedBy: .username(try Username(name)))
        _ = try await authority.service.users.perform(.delete, on: user.id, by: .commandLine, from: client)
    }

    @Test("a stranger cannot register under the name of a user who was deleted, for thirty days")
    func registration() async throws {
        let authority = try await TestAuthority()
        try await authority.register("ada")
        try await delete("ada", authority)

        authority.clock.advance(by: Self.day * 30 - .seconds(1))
        await #expect(throws: AuthError.identifierTaken(.username)) { try await authority.register("ADA") }
        authority.clock.advance(by: .seconds(1))
        try await authority.register("Ada")
    }

    @Test("the address of a user who was deleted is free at once: its owner can prove it")
    func addresses() async throws {
        let authority = try await TestAuthority()
        try await authority.register("ada")
        try await delete("ada", authority)

        let outcome = try await authority.service.users.register(
            Registration(username: "lovelace", email: "ada@example.test", password: TestAuthority.password),
            from: client)
        guard case .registered = outcome else {
            Issue.record("registration was hidden")
            return
        }
    }

    @Test("users cannot rename themselves to it, and an administrator can give it to a user")
    func renaming() async throws {
        let authority = try await authority(Self.day)
        try await authority.register("ada")
        try await delete("ada", authority)
        let bob = try await authority.principal("bob")
        let root = try await authority.principal("root", role: .admin)
        let change = ProfileChange(username: try Username("ada"))
        let users = authority.service.users

        await #expect(throws: AuthError.identifierTaken(.username)) {
            try await users.updateProfile(of: bob, by: change, from: client)
        }
        let renamed = try await users.update(bob.user.id, by: change, administrator: .user(root), from: client)

        #expect(renamed.username?.canonical == "ada")
    }

    @Test("the operator can make a user of that name at once")
    func commandLine() async throws {
        let authority = try await authority(Self.day)
        try await authority.register("ada")
        try await delete("ada", authority)

        #expect(try await authority.principal("ada").user.username?.canonical == "ada")
    }

    @Test("without a reservation the name is free at once, and a name that was given up is in any case")
    func none() async throws {
        let authority = try await authority(nil)
        try await authority.register("ada")
        try await delete("ada", authority)
        try await authority.register("ada")

        let other = try await self.authority(Self.day)
        let bob = try await other.principal("bob")
        _ = try await other.service.users.updateProfile(
            of: bob, by: ProfileChange(username: try Username("robert")), from: client)
        _ = try await other.service.users.register(
            Registration(username: "bob", password: TestAuthority.password), from: client)
    }

    @Test("a private registration of it gets the usual answer, and the mail that the name is taken")
    func privately() async throws {
        let authority = try await authority(Self.day, privately: true)
        try await authority.register("ada")
        await authority.service.completeDeferredWork()
        try await delete("ada", authority)

        guard case .accepted = try await authority.register("ada") else {
            Issue.record("registration was not private")
            return
        }
        await authority.service.completeDeferredWork()

        #expect(authority.mailer.messages(to: try authority.address("ada")).last == .usernameTaken)
        #expect(try await authority.service.users.count() == 0)
    }
}
