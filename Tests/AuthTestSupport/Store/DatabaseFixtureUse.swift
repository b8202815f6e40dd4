// SPDX-License-Identifier: Apache-2.0

package import AuthCore
internal import AuthCrypto
package import AuthService
package import AuthStoreSQL
internal import AuthTesting
internal import AuthTokens

/// What a service found in a database that another version filled.
package struct DatabaseFixtureUse: Sendable {
    /// The audit log as that version left it.
    package let foundAudit: AuditReport
    /// Who holds the access token that that version signed.
    package let principal: User
    /// Whether new access tokens are signed with the stored key: its id and algorithm are in their headers.
    package let signsWithStoredKey: Bool
    /// Who signed in with the password, who refreshed the session, and who signed in after the reset, by username.
    package let users: [String?]
    /// Why a disabled user could not sign in.
    package let refusal: AuthError?
    /// The user whose address was verified by the mailed token.
    package let verified: User
    /// Why the old password was refused after the reset.
    package let refusalAfterReset: AuthError?
    /// The audit log after all that.
    package let finalAudit: AuditReport
}

extension DatabaseFixture {
    /// The user who is signed in and asked for a reset, and the one who asked for a verification.
    package var usernames: (active: String, unverified: String) { (secrets.active, secrets.unverified) }

    /// Opens a service on a copy of this database, a minute after it was dumped, and uses everything that is in it.
    ///
    /// - Throws: What the service throws where something cannot be used.
    package func use(_ driver: some SQLDriver) async throws -> DatabaseFixtureUse {
        let pool = try HashingPool(configuration: .init(threads: 1, queueTimeout: .seconds(300), niceness: 0))
        let clock = ManualClock(at + .seconds(60))
        var configuration = AuthService.Configuration(
            settings: AuthSettings(issuer: secrets.issuer), store: SQLAuthStore(driver),
            hashing: PooledPasswordHasher(pool: pool),
            rootKeys: RootKeys(current: try RootKey(hexadecimal: secrets.rootKey)),
            signing: .stored(.es256, rotationPeriod: nil))
        configuration.clock = clock
        configuration.bootClock = clock
        let service = try AuthService(configuration)
        let result: Result<DatabaseFixtureUse, any Error>
        do {
            result = .success(try await useAll(of: service))
        } catch {
            result = .failure(error)
        }
        await pool.shutdown()
        return try result.get()
    }

    private func useAll(of service: AuthService) async throws -> DatabaseFixtureUse {
        let client = ClientContext(source: "192.0.2.1")
        try await service.start()
        let foundAudit = try await service.audit.verify()
        let principal = try await service.access.authenticate(secrets.accessToken).user

        let pair = try await signIn(secrets.active, secrets.password, service, client)
        let header = secrets.accessToken.split(separator: ".").first
        let signsWithStoredKey = header != nil && pair?.accessToken.split(separator: ".").first == header
        let refreshed = try await service.sessions.refresh(secrets.refreshToken, from: client)
        let refusal = try await self.refusal(secrets.disabled, service, client)

        let verified = try await service.users.confirmEmailVerification(
            ActionProof(token: secrets.verificationToken), from: client
        ).user
        let newPassword = "a compiler from 1957"
        try await service.passwords.confirmReset(
            ActionProof(token: secrets.resetToken), newPassword: try Password(newPassword), from: client)
        let later = try await signIn(secrets.active, newPassword, service, client)
        let refusalAfterReset = try await self.refusal(secrets.active, service, client)

        await service.completeDeferredWork()
        try await service.audit.seal()
        return DatabaseFixtureUse(
            foundAudit: foundAudit, principal: principal, signsWithStoredKey: signsWithStoredKey,
            users: [pair?.user, refreshed.user, later?.user].map { $0?.username?.original }, refusal: refusal,
            verified: verified, refusalAfterReset: refusalAfterReset, finalAudit: try await service.audit.verify())
    }

    private func signIn(
        _ name: String, _ password: String, _ service: AuthService, _ client: ClientContext
    ) async throws -> TokenPair? {
        try await service.signIn.withPassword(
            SignInAttempt(identifier: name, password: try Password(password)), from: client
        ).tokens
    }

    /// Why a user cannot sign in with the password of the database; `nil` where they can.
    private func refusal(
        _ name: String, _ service: AuthService, _ client: ClientContext
    ) async throws -> AuthError? {
        do {
            _ = try await signIn(name, secrets.password, service, client)
            return nil
        } catch let error as AuthError {
            return error
        }
    }
}
