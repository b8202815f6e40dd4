// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

extension UserService {
    /// Changes the writable part of the caller's own record; never role, state, password, verification or what the operator's
    /// services keep about the user.
    ///
    /// A new address is unverified until its token is redeemed, and tokens mailed to the old one are void. The owner of
    /// the address can reset the password, so a token alone cannot change it: the current password is required.
    ///
    /// Where addresses must be verified, the user keeps the present one until the token sent to the new one is
    /// redeemed; ``confirmEmailVerification(_:password:session:from:)`` then changes and verifies the address at once. So no session
    /// continues with an address that would not allow signing in, and no answer reveals that an address is taken.
    ///
    /// With `REGISTRATION_PRIVACY`, the usernames that one user requests are counted, taken and free ones alike: four
    /// in an hour are free, and each further one waits twice as long as the one before (`SignInThrottle`).
    ///
    /// `password` is the current password; it is used only if the address changes and the user has one. A user without one
    /// must have proven recently who they are.
    ///
    /// Cost: one password check where the address changes.
    /// - Throws: `.reauthenticationRequired`, `.wrongCurrentPassword`, `.overloaded`, `.identifierTaken`,
    ///   `.tooManyAttempts`, `.invalid` where no identifier would be left, an address is removed that must be proven, or the
    ///   new one is of a domain that `RegistrationPolicy` does not admit, `.mailUnavailable`, `.tokenRevoked` where the user is
    ///   gone, `.unavailable`, `.cancelled`.
    public func updateProfile(
        of principal: Principal, by change: ProfileChange, confirmedBy password: Password? = nil,
        from client: ClientContext
    ) async throws(AuthError) -> User {
        var change = change
        change.appMetadata = nil
        let context = core.context(client, actor: principal.user.id)
        do throws(AuthError) {
            guard let email = change.email, !isSame(email, as: principal.user.email) else {
                return try await changeOwnProfile(of: principal.user, by: change, context)
            }
            if let email, !core.settings.registration.permits(email) { throw .invalid([.otherDomain]) }
            try await reauthenticate(principal, with: password, for: .profileChanged, context)
            guard core.settings.requiresVerifiedEmail else {
                return try await changeOwnProfile(of: principal.user, by: change, context)
            }
            guard let proposed = email else { throw .invalid([FieldViolation(field: "email", .missing)]) }
            guard mail.canSend else { throw .mailUnavailable }
            var rest = change
            rest.email = nil
            let user = try await changeOwnProfile(of: principal.user, by: rest, context)
            _ = try await mail.request(
                .addressChange, about: proposed, by: user.id, details: StoredProposal.request(of: user),
                from: client, context)
            return user
        } catch .userNotFound {
            throw .tokenRevoked
        }
    }

    private func isSame(_ address: EmailAddress?, as other: EmailAddress?) -> Bool {
        switch (address, other) {
        case (nil, nil): true
        case (let address?, let other?): address.canonical.utf8.elementsEqual(other.canonical.utf8)
        case (nil, _?), (_?, nil): false
        }
    }

    /// Changes a profile for its own user, whose tries of usernames are limited where taken ones are private.
    private func changeOwnProfile(
        of user: User, by change: ProfileChange, _ context: OperationContext
    ) async throws(AuthError) -> User {
        guard core.settings.preventsEnumeration, let username = change.username, let username, username != user.username
        else {
            return try await changeProfile(of: user, by: change, context)
        }
        try await attempts.countUsernameRequest(of: user.id, in: context)
        do throws(AuthError) {
            return try await changeProfile(of: user, by: change, context)
        } catch .identifierTaken(.username) {
            try await core.record(.profileChanged, refusal: "identifier_taken", target: user.id, in: context)
            throw .identifierTaken(.username)
        }
    }

    /// Checks the current password of a user who has one; any other must have proven recently who they are.
    private func reauthenticate(
        _ principal: Principal, with password: Password?, for action: AuditAction, _ context: OperationContext
    ) async throws(AuthError) {
        let credential = try await core.inStore { store throws(StoreError) in
            try await store.credential(of: principal.user.id)
        }
        guard let credential else { throw .userNotFound }
        guard let hash = credential.passwordHash else { return try core.requireRecentProof(of: principal) }
        guard let password else { throw .reauthenticationRequired }
        try await attempts.confirm(password, against: hash, of: principal, for: action, in: context)
    }

    /// Assigns to a user the address that a mailed token verifies.
    ///
    /// - Returns: `nil` for anything but a valid token.
    func confirmProposedAddress(
        _ token: String, _ context: OperationContext
    ) async throws(AuthError) -> User? {
        guard let id = proposals.claimant(of: token, at: context.now) else { return nil }
        let found = try await core.inStore { store throws(StoreError) in try await store.user(withID: id) }
        guard let known = found, known.mayHoldSession(at: context.now),
            let address = proposals.address(of: token, for: known), core.settings.registration.permits(address)
        else { return nil }
        var context = context
        context.actor = id
        let moved: User
        do throws(AuthError) {
            moved = try await changeProfile(of: known, by: ProfileChange(email: address), context)
        } catch .identifierTaken, .userNotFound {
            // Another user has taken the address since the mail was sent.
            return nil
        }
        // Should this fail, the user requests another mail.
        return try await verifyNow(address, of: moved, context)
    }

    /// Changes a profile; the old address is notified if it was replaced.
    func changeProfile(
        of known: User, by change: ProfileChange, _ context: OperationContext
    ) async throws(AuthError) -> User {
        guard !change.isEmpty else { return known }
        let outcome = try await core.commit(at: context.now) { store throws(StoreError) in
            try await store.changeProfile(of: known.id, by: change, context: context)
        }
        switch outcome {
        case .changed(let user):
            return user
        case .taken(let kind):
            throw .identifierTaken(kind)
        case .refused(.noIdentifierLeft):
            throw .invalid([FieldViolation(field: "email", .missing)])
        case .refused(.userMetadataTooLarge):
            throw .invalid([FieldViolation(field: "user_metadata", .tooLarge)])
        case .refused(.appMetadataTooLarge):
            throw .invalid([FieldViolation(field: "app_metadata", .tooLarge)])
        case .notFound:
            throw .userNotFound
        }
    }
}
