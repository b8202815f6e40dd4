// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

extension PasswordService {
    /// Sets the first password of a caller who has none, revokes all their sessions and opens a new one for the caller.
    ///
    /// There is no current password to ask for: the caller must have proven recently who they are in another way. The new
    /// session keeps the time and the methods of that proof.
    ///
    /// Cost: one hash.
    /// - Returns: The tokens of the new session; the caller's previous tokens are revoked.
    /// - Throws: `.reauthenticationRequired`, `.passwordAlreadySet`, `.invalid` with all violations of the policy,
    ///   `.tokenRevoked`, `.overloaded`, `.unavailable`, `.cancelled`.
    public func set(
        for principal: Principal, to new: Password, by client: ClientContext
    ) async throws(AuthError) -> TokenPair {
        try core.requireRecentProof(of: principal)
        let context = core.context(client, actor: principal.user.id)
        let found = try await core.inStore {
            (store) async throws(StoreError) -> (UserCredential, Session)? in
            guard let credential = try await store.credential(of: principal.user.id),
                let session = try await store.session(principal.sessionID, of: principal.user.id), session.ended == nil
            else { return nil }
            return (credential, session)
        }
        guard let (credential, asking) = found else { throw .tokenRevoked }
        guard credential.passwordHash == nil else { throw .passwordAlreadySet }
        let violations = violations(of: new, for: credential.user)
        guard violations.isEmpty else { throw .invalid(violations) }

        var session = issuer.newSession(
            of: credential.user.id, asking.scope, methods: asking.methods, level: asking.assuranceLevel, context)
        session.authenticatedAt = asking.authenticatedAt
        let replacement = PasswordReplacement(
            expected: nil, new: try await hashes.newHash(ofChosen: new, field: "new_password"), session: session)
        let outcome = try await core.commit(at: context.now) { store throws(StoreError) in
            try await store.replacePassword(of: principal.user.id, replacement, context: context)
        }
        switch outcome {
        case .replaced(let user):
            var pair = try issuer.tokenPair(for: session, of: user, at: context.now)
            pair.deviceToken = issuer.devices.token(for: nil, of: user, at: context.now, random: core.random)
            return pair
        case .stale:
            throw .passwordAlreadySet
        case .notFound:
            throw .tokenRevoked
        }
    }
}
