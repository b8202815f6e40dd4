// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import Testing

@Suite("Linking of identities")
struct ProviderLinkingTests {
    typealias Person = MockProviderTransport.Person

    private static let lovelace = Person("l", email: "lovelace@elsewhere.test")

    /// A fixture, and Ada who is signed in by her password.
    private func fixture(role: Role = .user) async throws -> (ProviderFixture, Principal) {
        let fixture = try await ProviderFixture()
        let pair = try await fixture.authority.signIn(as: "ada", role: role)
        return (fixture, try await fixture.principal(of: pair))
    }

    private func unlink(_ id: IdentityID, _ principal: Principal, _ fixture: ProviderFixture) async -> AuthError? {
        do throws(AuthError) {
            try await fixture.providers.unlink(id, by: principal, from: client)
            return nil
        } catch {
            return error
        }
    }

    private func redeem(
        _ code: String, _ principal: Principal, _ fixture: ProviderFixture,
        verifier: String? = ProviderFixture.verifier
    ) async -> AuthError? {
        do throws(AuthError) {
            _ = try await fixture.providers.link(code: code, verifier: verifier, by: principal, from: client)
            return nil
        } catch {
            return error
        }
    }

    @Test("the session that began it links, whatever the address and the role, and nothing is linked before")
    func links() async throws {
        let (fixture, ada) = try await fixture(role: .admin)
        let code = try await fixture.linkCode(to: ada, as: Self.lovelace)
        #expect(try await fixture.providers.identities(of: ada).isEmpty)

        let identity = try await fixture.providers.link(
            code: code, verifier: ProviderFixture.verifier, by: ada, from: client)

        #expect(identity.userID == ada.user.id && identity.email?.canonical == "lovelace@elsewhere.test")
        #expect(try await fixture.providers.identities(of: ada) == [identity])
        _ = try await fixture.authority.message(.identityLinked, to: "ada")
        #expect(try await fixture.authority.refusals(of: .identityLinked) == [nil])
        let pair = try await fixture.signIn(as: Self.lovelace)
        #expect(pair.user.id == ada.user.id && pair.user.email?.canonical == "ada@example.test")
        #expect(await redeem(code, ada, fixture) == .providerFlowInvalid)
        // Once more, it is the same one.
        let again = try await fixture.link(to: ada, as: Self.lovelace)
        #expect(again.id == identity.id)
    }

    @Test("the code is of no use in another session, not even one of the same user, nor for a sign-in")
    func foreignSession() async throws {
        let (fixture, ada) = try await fixture()
        let mallory = try await fixture.principal(of: try await fixture.authority.signIn(as: "mallory"))
        let elsewhere = try await fixture.principal(of: try await fixture.authority.attempt("ada"))
        let code = try await fixture.linkCode(to: ada, as: Self.lovelace)
        for principal in [mallory, elsewhere] {
            #expect(await redeem(code, principal, fixture) == .providerFlowInvalid)
        }
        await #expect(throws: AuthError.providerFlowInvalid) { try await fixture.exchange(code) }
        #expect(try await fixture.providers.identities(of: mallory).isEmpty)
        #expect(
            try await fixture.authority.refusals(of: .identityLinked) == [
                "provider_unknown_code", "provider_unknown_code",
            ])
        #expect(await redeem(code, ada, fixture) == nil)
    }

    @Test("a foreign linking address links neither the victim's identity to the attacker nor the other way round")
    func foreignAddress() async throws {
        let (fixture, mallory) = try await fixture()
        // The victim's browser follows the attacker's address, and signs in at the provider; its page redeems in its own
        // session.
        let victim = try await fixture.principal(of: try await fixture.authority.signIn(as: "grace"))
        let code = try await fixture.linkCode(to: mallory, as: Person("grace", email: "grace@example.test"))
        #expect(await redeem(code, victim, fixture) == .providerFlowInvalid)
        #expect(try await fixture.providers.identities(of: victim).isEmpty)
        #expect(try await fixture.providers.identities(of: mallory).isEmpty)
    }

    @Test("the code needs its verifier; where the session is in cookies it was begun without one")
    func verifier() async throws {
        let (fixture, ada) = try await fixture()
        let code = try await fixture.linkCode(to: ada, as: Self.lovelace)
        #expect(await redeem(code, ada, fixture, verifier: nil) == .providerFlowInvalid)
        #expect(await redeem(code, ada, fixture, verifier: String(repeating: "x", count: 43)) == .providerFlowInvalid)
        #expect(await redeem(code, ada, fixture) == nil)

        let bare = try await fixture.linkCode(to: ada, by: fixture.other, as: Person("2"), challenge: nil)
        #expect(await redeem(bare, ada, fixture, verifier: nil) == nil)
    }

    @Test("an identity of another user is taken")
    func taken() async throws {
        let (fixture, ada) = try await fixture()
        let grace = try await fixture.principal(of: try await fixture.authority.signIn(as: "grace"))
        try await fixture.link(to: ada, as: Self.lovelace)
        let code = try await fixture.linkCode(to: grace, as: Self.lovelace)
        #expect(await redeem(code, grace, fixture) == .providerRefused(.identityTaken))
        #expect(try await fixture.providers.identities(of: grace).isEmpty)
        #expect(try await fixture.authority.refusals(of: .identityLinked).compactMap(\.self).count == 1)
    }

    @Test("a session that has ended meanwhile links nothing")
    func sessionOver() async throws {
        let (fixture, ada) = try await fixture()
        let code = try await fixture.linkCode(to: ada, as: Self.lovelace)
        try await fixture.authority.service.sessions.signOut(ada, from: client)
        let refused = try #require(await redeem(code, ada, fixture))
        #expect([.providerRefused(.sessionChanged), .providerFlowInvalid].contains(refused))
        #expect(try await fixture.providers.identities(of: ada).isEmpty)
    }

    @Test("a ticket is for its provider, lives for ten minutes, and needs a recent sign-in")
    func tickets() async throws {
        let (fixture, ada) = try await fixture()
        let ticket = try await fixture.ticket(for: ada)
        await #expect(throws: AuthError.providerFlowInvalid) {
            try await fixture.depart(to: fixture.other, .link(ticket: ticket))
        }
        for text in ["", "A", ticket + "A", String(ticket.dropLast(4)), String(repeating: "A", count: 6_000)] {
            await #expect(throws: AuthError.providerFlowInvalid) { try await fixture.depart(.link(ticket: text)) }
        }
        _ = try await fixture.depart(.link(ticket: ticket))
        fixture.authority.clock.advance(by: .seconds(600))
        await #expect(throws: AuthError.providerFlowInvalid) { try await fixture.depart(.link(ticket: ticket)) }
        fixture.authority.clock.advance(by: .seconds(600))
        await #expect(throws: AuthError.reauthenticationRequired) { try await fixture.ticket(for: ada) }
        let refusals = try await fixture.authority.refusals(of: .identityLinked)
        #expect(refusals.count == 7 && refusals.allSatisfy { $0 == "provider_unknown_ticket" })
    }

    @Test("a flow that links ends with an error where the provider lies, which is audited at the user")
    func lie() async throws {
        let (fixture, ada) = try await fixture()
        let ticket = try await fixture.ticket(for: ada)
        fixture.corp.tell(.wrongNonce)
        let result = try await fixture.travel(.link(ticket: ticket))
        #expect(try fixture.error(of: result) == "invalid_response")
        #expect(try await fixture.authority.refusals(of: .identityLinked) == ["provider_wrong_nonce"])
    }

    @Test("the last way in stays; one beside another goes, and sessions stay")
    func lastWayIn() async throws {
        let fixture = try await ProviderFixture()
        let pair = try await fixture.signIn()
        let ada = try await fixture.principal(of: pair)
        let first = try #require(try await fixture.providers.identities(of: ada).first)
        #expect(await unlink(first.id, ada, fixture) == .lastWayIn)

        let second = try await fixture.link(to: ada, by: fixture.other, as: Person("2"))
        #expect(await unlink(first.id, ada, fixture) == nil)
        #expect(await unlink(second.id, ada, fixture) == .lastWayIn)
        #expect(await unlink(first.id, ada, fixture) == .identityNotFound)
        _ = try await fixture.principal(of: pair)
        #expect(try await fixture.authority.refusals(of: .identityUnlinked).filter { $0 == nil }.count == 1)
    }

    @Test("a password with a username, and a mailed sign-in with a verified address, are ways in")
    func otherWays() async throws {
        let (fixture, ada) = try await fixture()
        let identity = try await fixture.link(to: ada, as: Self.lovelace)
        #expect(await unlink(identity.id, ada, fixture) == nil)

        let mailed = try await ProviderFixture(settings: { $0.signsInByMail = true })
        let grace = try await mailed.principal(of: try await mailed.signIn())
        let own = try #require(try await mailed.providers.identities(of: grace).first)
        #expect(await unlink(own.id, grace, mailed) == nil)
    }

    @Test("two removals at once do not take the last way in")
    func removalsAtOnce() async throws {
        let fixture = try await ProviderFixture()
        let ada = try await fixture.principal(of: try await fixture.signIn())
        try await fixture.link(to: ada, by: fixture.other, as: Person("2"))
        let ids = try await fixture.providers.identities(of: ada).map(\.id)
        #expect(ids.count == 2)
        let errors = await withTaskGroup(of: AuthError?.self) { group in
            for id in ids { group.addTask { await unlink(id, ada, fixture) } }
            return await group.reduce(into: [AuthError?]()) { $0.append($1) }
        }
        #expect(errors.count { $0 == nil } == 1 && errors.contains(.lastWayIn))
        #expect(try await fixture.providers.identities(of: ada).count == 1)
    }

    @Test("an identity of another user is unknown, and removing needs a recent sign-in")
    func foreignIdentity() async throws {
        let (fixture, ada) = try await fixture()
        let identity = try await fixture.link(to: ada, as: Self.lovelace)
        let grace = try await fixture.principal(of: try await fixture.authority.signIn(as: "grace"))
        #expect(await unlink(identity.id, grace, fixture) == .identityNotFound)
        fixture.authority.clock.advance(by: .seconds(16 * 60))
        #expect(await unlink(identity.id, ada, fixture) == .reauthenticationRequired)
        #expect(try await fixture.providers.identities(of: ada) == [identity])
    }

    @Test("a user has at most twenty")
    func tooMany() async throws {
        let (fixture, ada) = try await fixture()
        for number in 0..<20 { try await fixture.link(to: ada, as: Person("\(number)", email: nil)) }
        await #expect(throws: AuthError.tooManyIdentities) { try await fixture.ticket(for: ada) }
    }

    @Test("a user who is deleted leaves no identity behind, and the next sign-in makes another user")
    func deletion() async throws {
        let fixture = try await ProviderFixture()
        let first = try await fixture.signIn().user
        _ = try await fixture.authority.service.users.perform(
            .delete, on: first.id, by: .commandLine, from: client)
        #expect(try await fixture.authority.store.identities(of: first.id).isEmpty)
        let second = try await fixture.signIn().user
        #expect(second.id != first.id)
    }
}
