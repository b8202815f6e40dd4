// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import Testing

@Suite("Change of address")
struct AddressChangeTests {
    @Test("the new address is pending, reserves nothing, and the old one stays for sign-in and reset")
    func pending() async throws {
        let fixture = try await AddressChangeFixture()
        let asked = try await fixture.ask(for: "lovelace")

        #expect(asked.user.newEmail?.original == "lovelace@example.test")
        #expect(asked.user.email?.original == "ada@example.test" && asked.user.isVerified)
        _ = try await fixture.authority.attempt("ada@example.test")
        await #expect(throws: AuthError.invalidCredentials) {
            try await fixture.authority.attempt("lovelace@example.test")
        }
        let other = try await fixture.users.register(
            Registration(username: nil, email: "lovelace@example.test", password: TestAuthority.password), from: client)
        guard case .registered = other else {
            Issue.record("the pending address was reserved")
            return
        }
        await #expect(throws: AuthError.invalidOneTimeToken) {
            try await fixture.users.confirmAddressChange(asked.here, from: client)
        }
        #expect(try await fixture.authority.refusals(of: .addressChanged) == ["address_taken"])
        // It voids what was asked for before.
        try await fixture.reset(by: "ada", to: "another fine password")
        #expect(try await fixture.stored().newEmail == nil)
    }

    // ASVS 6.3.7
    // Behaviour F88
    @Test("a proof of the new mailbox changes the address once, and the old one is told how to undo it")
    func confirmed() async throws {
        let fixture = try await AddressChangeFixture()
        let asked = try await fixture.ask(for: "lovelace")

        let user = try await fixture.users.confirmAddressChange(
            ActionProof(handle: asked.handle, code: asked.code), from: client)
        await fixture.authority.service.completeDeferredWork()

        #expect(user.email?.canonical == "lovelace@example.test" && user.isVerified && user.newEmail == nil)
        _ = try await fixture.authority.attempt("lovelace@example.test")
        await #expect(throws: AuthError.invalidCredentials) {
            try await fixture.authority.attempt("ada@example.test")
        }
        let mails = fixture.authority.mailer.messages(to: try fixture.authority.address("ada"))
        #expect(mails.last?.template == .addressUndo)
        #expect(mails.last?.token != nil && mails.last?.typedCode != nil)
        for proof in [asked.here, asked.elsewhere, ActionProof(handle: asked.handle, code: asked.code)] {
            await #expect(throws: AuthError.invalidOneTimeToken) {
                try await fixture.users.confirmAddressChange(proof, from: client)
            }
        }
    }

    @Test("the former address stays reserved for 72 hours, for others than its user")
    func reserved() async throws {
        let fixture = try await AddressChangeFixture()
        try await fixture.move(to: "lovelace")
        let registration = try Registration(
            username: nil, email: "ada@example.test", password: TestAuthority.password)

        fixture.authority.clock.advance(by: .seconds(72 * 3_600 - 1))
        await #expect(throws: AuthError.identifierTaken(.email)) {
            try await fixture.users.register(registration, from: client)
        }
        fixture.authority.clock.advance(by: .seconds(1))
        _ = try await fixture.users.register(registration, from: client)

        let back = try await AddressChangeFixture()
        try await back.move(to: "lovelace")
        #expect(try await back.move(to: "ada").email?.canonical == "ada@example.test")
    }

    @Test("an undo restores the address and the password, ends the sessions, and opens none")
    func undone() async throws {
        let fixture = try await AddressChangeFixture()
        let before = try await fixture.stored()
        try await fixture.move(to: "mallory")
        let undo = try await fixture.undo(mailedTo: "ada")
        // The code lives as long as the link, as no browser has asked for it.
        fixture.authority.clock.advance(by: .seconds(71 * 3_600))
        try await fixture.reset(by: "mallory", to: "nanoseconds of wire")
        let thief = try await fixture.authority.attempt("ada", "nanoseconds of wire")
        _ = try await fixture.authority.service.passwords.requestReset(
            of: try fixture.authority.address("mallory"), from: client)
        let reset = try #require(try await fixture.authority.message(.passwordReset, to: "mallory").token)

        let user = try await fixture.users.undoAddressChange(undo, from: client)

        #expect(user.email == before.email && user.emailVerifiedAt == before.emailVerifiedAt && user.isBound)
        _ = try await fixture.authority.attempt("ada@example.test")
        await #expect(throws: AuthError.invalidCredentials) {
            try await fixture.authority.attempt("ada", "nanoseconds of wire")
        }
        await #expect(throws: AuthError.self) {
            try await fixture.authority.service.sessions.refresh(thief.refreshToken, from: client)
        }
        await #expect(throws: AuthError.invalidOneTimeToken) {
            try await fixture.authority.service.passwords.confirmReset(
                ActionProof(token: reset), newPassword: try Password("another fine password"), from: client)
        }
        await #expect(throws: AuthError.invalidOneTimeToken) {
            try await fixture.users.undoAddressChange(undo, from: client)
        }
        let actions = try await fixture.authority.store.auditEvents(before: nil, limit: 100).map(\.event.action)
        #expect(actions.contains(.addressUndoOffered) && actions.contains(.addressChangeUndone))
    }

    @Test("an undo needs the code, within five tries, and ends after 72 hours")
    func undoProofs() async throws {
        let fixture = try await AddressChangeFixture()
        try await fixture.move(to: "lovelace")
        let undo = try await fixture.undo(mailedTo: "ada")
        let token = try #require(undo.token)

        for proof in [ActionProof(token: token), ActionProof(token: token, code: " "), ActionProof(code: undo.code)] {
            await #expect(throws: AuthError.invalidOneTimeToken) {
                try await fixture.users.undoAddressChange(proof, from: client)
            }
        }
        await #expect(throws: AuthError.wrongCode(triesLeft: 4)) {
            try await fixture.users.undoAddressChange(ActionProof(token: token, code: "22222222"), from: client)
        }
        let view = try await fixture.authority.service.actions.view(ActionProof(token: token), of: .addressUndo)
        #expect(view?.state == .open && view?.acceptsCode == true && view?.triesLeft == 4 && view?.isHere == false)
        #expect(view?.address == "ada@example.test")

        fixture.authority.clock.advance(by: .seconds(72 * 3_600))
        await #expect(throws: AuthError.invalidOneTimeToken) {
            try await fixture.users.undoAddressChange(undo, from: client)
        }
        #expect(try await fixture.stored().email?.canonical == "lovelace@example.test")
    }

    @Test("a second change leaves the first undo valid, which undoes both")
    func twoChanges() async throws {
        let fixture = try await AddressChangeFixture()
        try await fixture.move(to: "second")
        let first = try await fixture.undo(mailedTo: "ada")
        try await fixture.move(to: "third")
        let second = try await fixture.undo(mailedTo: "second")

        let user = try await fixture.users.undoAddressChange(first, from: client)

        #expect(user.email?.canonical == "ada@example.test")
        await #expect(throws: AuthError.invalidOneTimeToken) {
            try await fixture.users.undoAddressChange(second, from: client)
        }
    }

    @Test("a user who has signed in recently makes a change final, and the former address is free")
    func finality() async throws {
        let fixture = try await AddressChangeFixture()
        try await fixture.move(to: "lovelace")
        let undo = try await fixture.undo(mailedTo: "ada")
        let old = try await fixture.principal()
        fixture.authority.clock.advance(by: .seconds(15 * 60))
        await #expect(throws: AuthError.reauthenticationRequired) {
            try await fixture.users.finalizeAddressChange(of: old, from: client)
        }

        #expect(try await fixture.users.finalizeAddressChange(of: try await fixture.principal(), from: client))

        await #expect(throws: AuthError.invalidOneTimeToken) {
            try await fixture.users.undoAddressChange(undo, from: client)
        }
        _ = try await fixture.users.register(
            Registration(username: nil, email: "ada@example.test", password: TestAuthority.password), from: client)
        #expect(try await !fixture.users.finalizeAddressChange(of: try await fixture.principal(), from: client))
    }

    @Test("a change that is given up, or asked for with another password, gives nothing")
    func givenUp() async throws {
        let fixture = try await AddressChangeFixture()
        let ada = try await fixture.principal()
        let asked = try await fixture.ask(for: "lovelace")
        #expect(try await fixture.users.cancelAddressChange(of: ada, from: client).newEmail == nil)
        await #expect(throws: AuthError.invalidOneTimeToken) {
            try await fixture.users.confirmAddressChange(asked.here, from: client)
        }

        // The request waits while the password is reset.
        _ = try await fixture.authority.service.passwords.requestReset(
            of: try fixture.authority.address("ada"), from: client)
        let token = try #require(try await fixture.authority.message(.passwordReset, to: "ada").token)
        _ = try await fixture.propose("thief")
        try await fixture.authority.service.passwords.confirmReset(
            ActionProof(token: token), newPassword: try Password("another fine password"), from: client)
        await fixture.authority.service.completeDeferredWork()
        #expect(fixture.authority.mailer.messages(to: try fixture.authority.address("thief")).isEmpty)
        #expect(try await fixture.authority.refusals(of: .addressChangeRequested).last == "address_changed")
    }

    @Test("an address that is removed can be restored by its mailbox")
    func removed() async throws {
        let fixture = try await AddressChangeFixture()
        let update = try await fixture.users.updateProfile(
            of: try await fixture.principal(), by: ProfileChange(email: .some(nil)),
            confirmedBy: try Password(TestAuthority.password), from: client)
        #expect(update.user.email == nil && update.flow == nil)

        let user = try await fixture.users.undoAddressChange(try await fixture.undo(mailedTo: "ada"), from: client)

        #expect(user.email?.canonical == "ada@example.test")
    }

    @Test("the link to a new address completes no other action, and is not spent by the attempt")
    func purposes() async throws {
        let fixture = try await AddressChangeFixture()
        let asked = try await fixture.ask(for: "lovelace")
        await #expect(throws: AuthError.invalidOneTimeToken) {
            try await fixture.users.confirmEmailVerification(asked.elsewhere, from: client)
        }
        await #expect(throws: AuthError.invalidOneTimeToken) {
            try await fixture.authority.service.passwords.confirmReset(
                asked.elsewhere, newPassword: try Password("another fine password"), from: client)
        }
        await #expect(throws: AuthError.invalidOneTimeToken) {
            try await fixture.users.undoAddressChange(
                ActionProof(token: asked.token, code: asked.code), from: client)
        }
        try await fixture.users.confirmAddressChange(asked.elsewhere, from: client)
    }
}
