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
    @Test("a token alone does not move the address, to which a reset would be mailed")
    func addressNeedsPassword() async throws {
        let authority = try await TestAuthority()
        let principal = try await authority.principal("ada")

        await #expect(throws: AuthError.reauthenticationRequired) {
            try await authority.service.updateProfile(
                of: principal, by: try change("thief@example.test"), from: client)
        }
        await #expect(throws: AuthError.reauthenticationRequired) {
            try await authority.service.updateProfile(
                of: principal, by: ProfileChange(email: .some(nil)), from: client)
        }
        await #expect(throws: AuthError.wrongCurrentPassword) {
            try await authority.service.updateProfile(
                of: principal, by: try change("thief@example.test"),
                confirmedBy: try Password("not the current one"), from: client)
        }

        #expect(try await authority.service.user(withID: principal.user.id).email == principal.user.email)
        #expect(try await authority.refusals(of: .profileChanged) == ["wrong_password"])
    }

    // ASVS 7.5.1
    @Test("with the password the address moves, and counts as unproven")
    func withPassword() async throws {
        let authority = try await TestAuthority()
        let principal = try await authority.principal("ada")

        let changed = try await authority.service.updateProfile(
            of: principal, by: try change("lovelace@example.test"),
            confirmedBy: try Password(TestAuthority.password), from: client)

        #expect(changed.email?.canonical == "lovelace@example.test" && !changed.isVerified)
    }

    @Test("everything else, and the same address in other letters, needs no password")
    func otherFields() async throws {
        let authority = try await TestAuthority()
        let principal = try await authority.principal("ada")

        let changed = try await authority.service.updateProfile(
            of: principal,
            by: ProfileChange(
                username: try Username("lovelace"), email: try EmailAddress("Ada@Example.test"),
                fullName: try FullName("Ada Lovelace")),
            from: client)

        #expect(changed.username?.original == "lovelace" && changed.email?.original == "Ada@Example.test")
    }
}
