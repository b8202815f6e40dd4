// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthTesting
import Testing

@Suite("A verified address as a requirement")
struct VerifiedAddressTests {
    @Test(
        "it is met as soon as the address is verified, with the token of before, and no more once the address changes")
    func follows() async throws {
        let authority = try await TestAuthority(hasMail: false)
        let access = authority.service.access
        let token = try await authority.signIn(as: "ada").accessToken
        let unverified = try await access.authenticate(token)
        #expect(throws: AuthError.denied(.addressNotVerified)) {
            try access.authorize(unverified, .verifiedAddress)
        }

        _ = try await authority.service.users.verifyEmail(of: unverified.user, by: .commandLine, from: client)
        let verified = try await access.authenticate(token)
        try access.authorize(verified, .verifiedAddress)

        _ = try await authority.service.users.updateProfile(
            of: verified, by: ProfileChange(email: try EmailAddress("lovelace@example.test")),
            confirmedBy: try Password(TestAuthority.password), from: client)
        let changed = try await access.authenticate(token)
        #expect(throws: AuthError.denied(.addressNotVerified)) { try access.authorize(changed, .verifiedAddress) }
    }

    @Test("the claim email_verified is that of the user when the token was issued, and missing without an address")
    func claim() async throws {
        let authority = try await TestAuthority()
        let pair = try await authority.signIn(as: "ada")
        let before = try await authority.service.access.authenticate(pair.accessToken)
        _ = try await authority.service.users.verifyEmail(of: before.user, by: .commandLine, from: client)
        let refreshed = try await authority.service.sessions.refresh(pair.refreshToken, from: client)
        let after = try await authority.service.access.authenticate(refreshed.accessToken)
        let draft = UserDraft(
            username: try Username("bob"), email: nil, fullName: nil, password: try Password(TestAuthority.password))
        _ = try await authority.service.users.create(
            draft, by: .commandLine, mustChangePassword: false, from: client)
        let bob = try await authority.service.access.authenticate(authority.attempt("bob").accessToken)

        #expect(before.claims.isEmailVerified == false)
        #expect(after.claims.isEmailVerified == true)
        #expect(bob.claims.isEmailVerified == nil)
        #expect(throws: AuthError.denied(.addressNotVerified)) {
            try authority.service.access.authorize(bob, .verifiedAddress)
        }
    }
}
