// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthService
import AuthStore
import AuthTesting
import Testing

@Suite("Known devices and the credentials' generation")
struct KnownDeviceGenerationTests {
    private func isKnown(_ device: DeviceToken?, _ authority: TestAuthority) async throws -> Bool {
        await authority.service.limits.isDevice(try #require(device), of: "ada")
    }

    @Test("a new hash of the same password makes no device a stranger, at a sign-in or by an import")
    func rehash() async throws {
        let authority = try await TestAuthority.quiet()
        try await authority.register("ada")
        let device = try await authority.attempt("ada").deviceToken
        let other = try await authority.attempt("ada").deviceToken
        let ada = try await authority.stored("ada")
        let old = try #require(try await authority.store.credential(of: ada.id)?.passwordHash)
        authority.hasher.outdate(try PasswordHash(parsing: old.text))

        let renewed = try await authority.attempt("ada", device: device).deviceToken

        let new = try #require(try await authority.store.credential(of: ada.id)?.passwordHash)
        #expect(new != old)
        for device in [device, other, renewed] { #expect(try await isKnown(device, authority)) }
        let imported = StoredPasswordHash(
            text: try await authority.hasher.hash(try Password(TestAuthority.password)).encoded, cost: "another")
        #expect(try await authority.store.rehashPassword(of: ada.id, from: new, to: imported))
        for device in [device, other, renewed] { #expect(try await isKnown(device, authority)) }
        #expect(try await authority.stored("ada").credentialGeneration == ada.credentialGeneration)
    }

    @Test("signing out everywhere, a role and a new name leave devices known")
    func otherChanges() async throws {
        let authority = try await TestAuthority.quiet()
        try await authority.register("ada")
        let pair = try await authority.attempt("ada")
        let ada = try await authority.stored("ada")
        _ = try await authority.service.users.perform(.setRole(.admin), on: ada.id, by: .commandLine, from: client)
        _ = try await authority.service.sessions.endAll(ofUser: ada.id, by: .commandLine, from: client)

        #expect(try await isKnown(pair.deviceToken, authority))
    }

    @Test("a change and a reset of the password make every device unknown but the one that made the change")
    func newPassword() async throws {
        let authority = try await TestAuthority.quiet()
        try await authority.register("ada")
        let pair = try await authority.attempt("ada")
        let principal = try await authority.service.access.authenticate(pair.accessToken)
        let changed = try await authority.service.passwords.change(
            of: principal, from: try Password(TestAuthority.password), to: try Password("another fine password"),
            by: client)
        #expect(try await !isKnown(pair.deviceToken, authority))
        #expect(try await isKnown(changed.deviceToken, authority))

        let reset = try await authority.service.passwords.requestResetRevealing(
            of: try authority.address("ada"), from: client)
        try await authority.service.passwords.confirmReset(
            ActionProof(token: try #require(reset.token).revealed), newPassword: try Password("a third good password"),
            from: client)
        #expect(try await !isKnown(changed.deviceToken, authority))
        // The owner signs in on it, and it is known again.
        let again = try await authority.attempt("ada", "a third good password", device: changed.deviceToken)
        #expect(try await isKnown(again.deviceToken, authority))
    }

    @Test("a user without a password has known devices, too")
    func withoutPassword() async throws {
        let authority = try await TestAuthority.withMailSignIn()
        let draft = UserDraft(
            username: try Username("ada"), email: try authority.address("ada"), fullName: nil, password: nil)
        _ = try await authority.service.users.create(draft, by: .commandLine, from: client)
        let handle = try await authority.service.signIn.requestMail(to: try authority.address("ada"), from: client)
        let code = try await authority.message(.signIn, to: "ada").typedCode
        let outcome = try await authority.service.signIn.withMail(
            ActionProof(handle: handle.revealed, code: code), from: client)

        #expect(try await isKnown(outcome.tokens?.deviceToken, authority))
    }
}
