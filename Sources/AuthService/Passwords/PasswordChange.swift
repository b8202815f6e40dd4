// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthCrypto
import AuthStore

extension PasswordService {
    /// Replaces the caller's password, revokes all their sessions and opens a new one for the caller.
    ///
    /// Cost: one password check and one hash.
    /// - Returns: The tokens of the new session; the caller's previous tokens are revoked.
    /// - Throws: `.wrongCurrentPassword`, `.invalid` with all violations of the policy, `.overloaded`, `.unavailable`,
    ///   `.cancelled`.
    public func change(
        of principal: Principal, from current: Password, to new: Password, by client: ClientContext
    ) async throws(AuthError) -> TokenPair {
        let context = core.context(client, actor: principal.user.id)
        let credential = try await core.inStore { store throws(StoreError) in
            try await store.credential(of: principal.user.id)
        }
        guard let credential else { throw .tokenRevoked }
        try await attempts.confirm(
            current, against: credential.passwordHash, of: principal, for: .passwordChanged, in: context)
        guard let expected = credential.passwordHash else { throw .wrongCurrentPassword }
        var violations = violations(of: new, for: credential.user)
        if isSame(new, as: current) {
            violations.append(
                FieldViolation(
                    field: "new_password", code: "password_unchanged",
                    message: "The new password must differ from the current one."))
        }
        guard violations.isEmpty else { throw .invalid(violations) }

        let replacement = PasswordReplacement(
            expected: expected, new: try await hashes.newHash(ofChosen: new, field: "new_password"),
            session: issuer.newSession(
                of: credential.user.id, nil, methods: [.password(at: context.now)], context))
        let outcome = try await core.commit(at: context.now) { store throws(StoreError) in
            try await store.replacePassword(of: principal.user.id, replacement, context: context)
        }
        switch outcome {
        case .replaced(let user):
            guard let session = replacement.session else { throw .internalFailure }
            var pair = try issuer.tokenPair(for: session, of: user, at: context.now)
            pair.deviceToken = issuer.devices.token(for: nil, of: user, at: context.now, random: core.random)
            return pair
        case .stale:
            throw .wrongCurrentPassword
        case .notFound:
            throw .tokenRevoked
        }
    }

    private func isSame(_ new: Password, as current: Password) -> Bool {
        new.withBytes { new in current.withBytes { current in ConstantTime.equal(new, current) } }
    }

    /// The policy's violations of a new password of a user.
    func violations(of password: Password, for user: User) -> [FieldViolation] {
        let context = PasswordContext(username: user.username, email: user.email, fullName: user.fullName)
        return core.settings.passwords.violations(of: password, context: context)
            .map { $0.violation(of: "new_password") }
    }
}
