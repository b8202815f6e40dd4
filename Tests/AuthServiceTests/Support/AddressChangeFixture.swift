// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthTesting
import Testing

/// Ada, whose credentials are bound to her address, and who may ask for another one.
struct AddressChangeFixture {
    let authority: TestAuthority

    var users: UserService { authority.service.users }

    init(settings: AuthSettings? = nil) async throws {
        var settings = settings ?? AuthSettings(issuer: "https://auth.example.test")
        settings.signsInByMail = true
        settings.verifiesOnRegistration = false
        authority = try await TestAuthority(settings: settings)
        let ada = try await principal()
        guard case .sent(let handle, _) = try await users.requestEmailVerification(for: ada, from: client) else {
            Issue.record("nothing was sent")
            return
        }
        let code = try #require(try await authority.message(.emailVerification, to: "ada").typedCode)
        let proven = try await users.confirmEmailVerification(
            ActionProof(handle: handle.revealed, code: code), from: client)
        #expect(proven.effect == .bind)
    }

    /// What the answer and the mail to the new address gave.
    struct Asked {
        let user: User
        let handle: String
        let token: String
        let code: String

        var here: ActionProof { ActionProof(token: token, handle: handle) }
        var elsewhere: ActionProof { ActionProof(token: token) }
    }

    /// Signs Ada in, however she is called by now.
    func principal(_ identifier: String = "ada", _ password: String = TestAuthority.password) async throws -> Principal
    {
        if try await authority.service.users.count() == 0 { _ = try await authority.signIn(as: "ada") }
        let pair = try await authority.attempt(identifier, password)
        return try await authority.service.access.authenticate(pair.accessToken)
    }

    /// The answer to asking for an address.
    func propose(
        _ name: String, by principal: Principal? = nil, _ password: String = TestAuthority.password
    ) async throws -> ProfileUpdate {
        let caller: Principal
        if let principal { caller = principal } else { caller = try await self.principal() }
        return try await users.updateProfile(
            of: caller, by: ProfileChange(email: try authority.address(name)),
            confirmedBy: try Password(password), from: client)
    }

    /// Asks for an address that is free, and reads the mail to it.
    func ask(
        for name: String, by principal: Principal? = nil, _ password: String = TestAuthority.password
    ) async throws -> Asked {
        let update = try await propose(name, by: principal, password)
        let message = try await authority.message(.addressChange, to: name)
        return Asked(
            user: update.user, handle: try #require(update.flow?.revealed), token: try #require(message.token),
            code: try #require(message.typedCode))
    }

    /// Gives Ada another address, in the browser that asked.
    @discardableResult
    func move(to name: String) async throws -> User {
        try await users.confirmAddressChange(try await ask(for: name).here, from: client)
    }

    /// What the mail to a former address carries.
    func undo(mailedTo name: String) async throws -> ActionProof {
        let message = try await authority.message(.addressUndo, to: name)
        return ActionProof(token: try #require(message.token), code: try #require(message.typedCode))
    }

    /// The user as stored.
    func stored() async throws -> User { try await authority.stored("ada") }

    /// Sets a new password by a mail to an address.
    func reset(by name: String, to password: String) async throws {
        _ = try await authority.service.passwords.requestReset(of: try authority.address(name), from: client)
        let token = try #require(try await authority.message(.passwordReset, to: name).token)
        try await authority.service.passwords.confirmReset(
            ActionProof(token: token), newPassword: try Password(password), from: client)
    }
}
