// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import Testing

@Suite("Clean-up of unverified users")
struct AbandonedRegistrationTests {
    private static let day = Duration.seconds(86_400)

    private func makeSettings(requires: Bool = true) -> AuthSettings {
        AuthSettings(issuer: "https://auth.example.test", requiresVerifiedEmail: requires)
    }

    private func names(_ authority: TestAuthority) async throws -> Set<String> {
        let users = try await authority.service.users.list(matching: .init(limit: 100)).users
        return Set(users.compactMap { $0.username?.original })
    }

    @Test("the age is thirty days where a verified address is required, none otherwise, and what was set in any case")
    func age() {
        #expect(makeSettings().abandonedRegistrationAge == Self.day * 30)
        #expect(makeSettings(requires: false).abandonedRegistrationAge == nil)
        var settings = makeSettings()
        settings.abandonedRegistrationAge = nil
        #expect(settings.abandonedRegistrationAge == nil)
        settings.requiresVerifiedEmail = false
        settings.abandonedRegistrationAge = Self.day
        #expect(settings.abandonedRegistrationAge == Self.day)
        var list = AuthSettings(issuer: "https://auth.example.test")
        list.registration = .domains([])
        #expect(list.abandonedRegistrationAge == Self.day * 30)
    }

    // Behaviour A20
    @Test("maintenance removes those who never verified the address, and no others, and audits and counts each")
    func maintenance() async throws {
        let authority = try await TestAuthority(settings: makeSettings())
        for name in ["ada", "bob", "verified"] { try await authority.register(name) }
        await authority.service.completeDeferredWork()
        let token = try #require(authority.mailer.messages(to: authority.address("verified")).first?.token)
        try await authority.service.users.confirmEmailVerification(ActionProof(token: token), from: client)
        let draft = UserDraft(
            username: try Username("made"), email: try authority.address("made"), fullName: nil, password: nil)
        _ = try await authority.service.users.create(draft, by: .commandLine, from: client)

        authority.clock.advance(by: Self.day * 29)
        try await authority.register("late")
        await authority.service.runMaintenance()
        #expect(try await names(authority) == ["ada", "bob", "verified", "made", "late"])
        authority.clock.advance(by: Self.day + .seconds(1))
        await authority.service.runMaintenance()

        #expect(try await names(authority) == ["verified", "made", "late"])
        #expect(try await authority.refusals(of: .abandonedRegistrationRemoved) == [nil, nil])
        #expect(authority.service.users.removedRegistrationCount == 2)
        let counts = authority.events.all.compactMap { event -> Int? in
            guard case .abandonedRegistrationsRemoved(let count) = event else { return nil }
            return count
        }
        #expect(counts == [2])
        // What they held is free again at once.
        try await authority.register("ada")
    }

    @Test("without a required address maintenance removes no user")
    func switchedOff() async throws {
        let authority = try await TestAuthority(settings: makeSettings(requires: false))
        try await authority.register("ada")
        authority.clock.advance(by: Self.day * 400)
        await authority.service.runMaintenance()

        #expect(try await names(authority) == ["ada"])
    }

    @Test("a list shows what would go and removes nothing, and a removal goes no further than its limit")
    func onDemand() async throws {
        let authority = try await TestAuthority(settings: makeSettings(requires: false))
        for name in ["ada", "bob", "eve"] {
            try await authority.register(name)
            authority.clock.advance(by: .seconds(1))
        }
        authority.clock.advance(by: Self.day)
        let users = authority.service.users

        let listed = try await users.abandonedRegistrations(olderThan: Self.day, limit: 2)
        #expect(listed.compactMap { $0.username?.original } == ["ada", "bob"])
        #expect(try await users.abandonedRegistrations(olderThan: Self.day * 2, limit: 2).isEmpty)
        #expect(try await users.count() == 3)
        let removed = try await users.removeAbandonedRegistrations(
            olderThan: Self.day, limit: 2, by: .commandLine, from: client)

        #expect(removed == 2)
        #expect(try await names(authority) == ["eve"])
    }

    @Test("a user who has a second factor stays")
    func factors() async throws {
        let factor = TestSecondFactor()
        let authority = try await TestAuthority(settings: makeSettings(requires: false)) { $0.secondFactors = factor }
        for name in ["ada", "bob"] { try await authority.register(name) }
        let ada = try await authority.service.users.user(identifiedBy: .username(try Username("ada")))
        factor.enroll(ada.id)
        authority.clock.advance(by: Self.day + .seconds(1))

        let removed = try await authority.service.users.removeAbandonedRegistrations(
            olderThan: Self.day, limit: 10, by: .commandLine, from: client)

        #expect(removed == 1)
        #expect(try await names(authority) == ["ada"])
    }
}
