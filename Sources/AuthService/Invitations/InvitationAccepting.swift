// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

/// An invitation that was accepted.
public struct AcceptedInvitation: Hashable, Sendable {
    /// The user now.
    public let user: User
    /// What the proof of the mailbox did to the credentials that the user had before.
    public let effect: BindingEffect
}

extension InvitationService {
    /// Accepts an invitation with the token of its link: the address is verified, and the role granted.
    ///
    /// A user without a password sets one with it, and so does one whose password a stranger may have set: that one is voided with
    /// all else that was never shown with a proof of the mailbox, unless `session` is a live session of the user. A password that
    /// is left stays, and a new one is not taken. No session is opened.
    ///
    /// The role is granted as far as the inviter could still grant it; otherwise nothing beyond `Role.user` is.
    ///
    /// Cost: one password hash where a password is set; none for a token that is not valid.
    /// - Throws: `.invalidOneTimeToken` for every fault of the token, and once the invitation is accepted, revoked or expired;
    ///   `.wrongCode` for a code that is given and wrong; `.invalid` with the field `new_password`, where one is missing, or too weak,
    ///   or where the user has one that stays; `.overloaded`, `.unavailable`, `.internalFailure`, `.cancelled`.
    public func accept(
        _ proof: ActionProof, newPassword: Password? = nil, session: Principal? = nil, from client: ClientContext
    ) async throws(AuthError) -> AcceptedInvitation {
        let context = core.context(client, actor: session?.user.id)
        // No client has a handle: only the link leads to an invitation.
        guard let token = proof.token else {
            throw try await tokens.refusal(.unknown, of: .invitation, nil, context)
        }
        let shown = try await tokens.present(
            ActionProof(token: token, code: proof.code), for: .invitation, context)
        let user = shown.user
        let showing = session?.user.id == user.id ? session?.user.credentialGeneration : nil
        try await requirePassword(newPassword, of: user, showing: showing)
        var hash: StoredPasswordHash?
        if let newPassword { hash = try await hashes.newHash(ofChosen: newPassword, field: "new_password") }
        let acceptance = InvitationProof(shown.proof, newHash: hash, showing: showing, policy: core.policy)
        let outcome = try await core.commit(at: context.now) { store throws(StoreError) in
            try await store.acceptInvitation(acceptance, context: context)
        }
        switch outcome {
        case .accepted(let user, let effect): return AcceptedInvitation(user: user, effect: effect)
        case .passwordNeeded: throw .invalid([FieldViolation(field: "new_password", .missing)])
        case .passwordStays: throw .invalid([.passwordStays])
        case .refused(let reason, let left): throw AuthError(reason, triesLeft: left)
        }
    }

    /// Whether the user of a link sets a password with it: for the page that asks for one; `nil` for a link that is not valid.
    ///
    /// Changes and audits nothing.
    ///
    /// - Throws: `.unavailable`, `.internalFailure`, `.cancelled`.
    public func needsPassword(_ proof: ActionProof, session: Principal? = nil) async throws(AuthError) -> Bool? {
        guard let key = proof.token.flatMap({ tokens.secrets.key(of: $0, for: .invitation) }) else { return nil }
        let found = try await core.inStore { (store) async throws(StoreError) -> UserCredential? in
            guard try await store.oneTimeToken(key) != nil else { return nil }
            return try await store.credential(of: key.userID)
        }
        guard let found else { return nil }
        let showing = session?.user.id == key.userID ? session?.user.credentialGeneration : nil
        return Self.needsPassword(found.user, hasPassword: found.passwordHash != nil, showing: showing)
    }

    private static func needsPassword(_ user: User, hasPassword: Bool, showing: CredentialGeneration?) -> Bool {
        !hasPassword || BindingEffect.of(user, shown: nil, isHere: false, showing: showing) == .void
    }

    /// Checks the password before one is hashed; the store decides again.
    private func requirePassword(
        _ new: Password?, of user: User, showing: CredentialGeneration?
    ) async throws(AuthError) {
        let credential = try await core.inStore { store throws(StoreError) in
            try await store.credential(of: user.id)
        }
        let isNeeded = Self.needsPassword(user, hasPassword: credential?.passwordHash != nil, showing: showing)
        switch (new, isNeeded) {
        case (nil, true): throw .invalid([FieldViolation(field: "new_password", .missing)])
        case (_?, false): throw .invalid([.passwordStays])
        case (nil, false): return
        case (let new?, true):
            let words = PasswordContext(username: user.username, email: user.email, fullName: user.fullName)
            let violations = core.settings.passwords.violations(of: new, context: words)
                .map { $0.violation(of: "new_password") }
            guard violations.isEmpty else { throw .invalid(violations) }
        }
    }
}

extension FieldViolation {
    /// A new password for a user who has one that stays.
    fileprivate static let passwordStays = FieldViolation(
        field: "new_password", code: "password_exists",
        message: "You have a password already; it stays, and no new one is taken here.")
}
