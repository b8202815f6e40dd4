// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import Testing

@Suite("Administration")
struct AdministrationTests {
    // ASVS 7.4.2
    @Test("deactivation revokes sessions at once, and reactivation lets the user sign in again")
    func activity() async throws {
        let authority = try await TestAuthority()
        let admin = try await authority.principal("root", role: .admin)
        let pair = try await authority.signIn(as: "ada")
        _ = try await authority.service.access.authenticate(pair.accessToken)

        let disabled = try await authority.service.users.perform(
            .setActive(false), on: pair.user.id, by: .user(admin), from: client)
        #expect(!disabled.isActive)
        await #expect(throws: AuthError.tokenRevoked) {
            try await authority.service.access.authenticate(pair.accessToken)
        }
        await #expect(throws: AuthError.sessionEnded(.userDisabled)) {
            try await authority.service.sessions.refresh(pair.refreshToken, from: client)
        }
        await #expect(throws: AuthError.invalidCredentials) { try await authority.attempt("ada") }

        _ = try await authority.service.users.perform(
            .setActive(true), on: pair.user.id, by: .user(admin), from: client)
        _ = try await authority.attempt("ada")
    }

    // ASVS 7.4.2
    @Test("deleting ends everything, frees the identifiers and never gives the id away again")
    func deletion() async throws {
        let authority = try await TestAuthority()
        let admin = try await authority.principal("root", role: .admin)
        let pair = try await authority.signIn(as: "ada")
        _ = try await authority.service.access.authenticate(pair.accessToken)

        _ = try await authority.service.users.perform(.delete, on: pair.user.id, by: .user(admin), from: client)

        await #expect(throws: AuthError.tokenRevoked) {
            try await authority.service.access.authenticate(pair.accessToken)
        }
        await #expect(throws: AuthError.sessionNotFound) {
            try await authority.service.sessions.refresh(pair.refreshToken, from: client)
        }
        await #expect(throws: AuthError.userNotFound) { try await authority.service.users.user(withID: pair.user.id) }
        let successor = try await authority.signIn(as: "ada")
        #expect(successor.user.id != pair.user.id)
        await #expect(throws: AuthError.tokenRevoked) {
            try await authority.service.access.authenticate(pair.accessToken)
        }
    }

    @Test("administrators cannot demote, disable or delete themselves, and the last one stays")
    func guards() async throws {
        let authority = try await TestAuthority()
        let admin = try await authority.principal("root", role: .admin)

        for action in [AdministrativeAction.setRole(.user), .setActive(false), .delete] {
            await #expect(throws: AuthError.refused(.oneself)) {
                try await authority.service.users.perform(action, on: admin.user.id, by: .user(admin), from: client)
            }
            await #expect(throws: AuthError.refused(.lastActiveAdmin)) {
                try await authority.service.users.perform(action, on: admin.user.id, by: .commandLine, from: client)
            }
        }
        _ = try await authority.service.access.authenticate(authority.signIn(as: "root").accessToken)
    }

    @Test("of two administrators who remove each other at once, one stays")
    func race() async throws {
        let authority = try await TestAuthority()
        let one = try await authority.principal("one", role: .admin)
        let two = try await authority.principal("two", role: .admin)

        await withTaskGroup(of: Void.self) { group in
            for (actor, target) in [(one, two), (two, one)] {
                group.addTask {
                    _ = try? await authority.service.users.perform(
                        .setRole(.user), on: target.user.id, by: .user(actor), from: client)
                }
            }
        }

        let admins = try await authority.service.users.list(matching: UserQuery(role: .admin)).users
        #expect(admins.count == 1)
    }

    @Test("an undefined role cannot be assigned")
    func unknownRole() async throws {
        let authority = try await TestAuthority()
        let pair = try await authority.signIn(as: "ada")

        let error = await #expect(throws: AuthError.self) {
            try await authority.service.users.perform(
                .setRole("auditor"), on: pair.user.id, by: .commandLine, from: client)
        }
        guard case .invalid(let violations) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(violations.map(\.code) == ["unknown_role"])
    }

    @Test("an administrator changes another's profile, and a taken identifier is named")
    func profile() async throws {
        let authority = try await TestAuthority()
        let admin = try await authority.principal("root", role: .admin)
        let ada = try await authority.signIn(as: "ada").user

        let changed = try await authority.service.users.update(
            ada.id, by: ProfileChange(fullName: try FullName("Ada Lovelace")), administrator: .user(admin),
            from: client)
        #expect(changed.fullName?.text == "Ada Lovelace")
        await #expect(throws: AuthError.identifierTaken(.username)) {
            try await authority.service.users.update(
                ada.id, by: ProfileChange(username: try Username("root")), administrator: .user(admin), from: client)
        }
        await #expect(throws: AuthError.userNotFound) {
            try await authority.service.users.update(
                UserID(UUIDv7(high: 1, low: 1)), by: ProfileChange(username: try Username("new")),
                administrator: .user(admin), from: client)
        }
    }

    // ASVS 6.4.6
    @Test("an administrator can start a reset for a user, by mail or with a code")
    func startReset() async throws {
        let authority = try await TestAuthority()
        let ada = try await authority.signIn(as: "ada").user

        let inHand = try await authority.service.passwords.startReset(
            of: ada, by: .commandLine, mailing: false, from: client)
        let mailed = try await authority.service.passwords.startReset(
            of: ada, by: .commandLine, mailing: true, from: client)
        await authority.service.completeDeferredWork()

        #expect(mailed == nil && authority.mailer.sent.count == 1)
        try await authority.service.passwords.confirmReset(
            ActionProof(token: try #require(inHand).revealed), newPassword: try Password("another fine password"),
            from: client)
    }
}
