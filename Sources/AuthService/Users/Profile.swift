// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

extension UserService {
    /// Changes the writable part of the caller's own record; never role, state, password, verification or what the operator's
    /// services keep about the user.
    ///
    /// The owner of an address can reset the password, so a token alone cannot change it: the current password is required.
    ///
    /// Where mail is configured, the user keeps the present address until the mailbox of the new one is proven with
    /// ``confirmAddressChange(_:session:from:)``, and no answer reveals that an address is taken. An address that is removed can
    /// be restored by its mailbox, as after a change. Without mail, the new address counts at once, unverified, and tokens that
    /// were mailed to the old one are void.
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
    ) async throws(AuthError) -> ProfileUpdate {
        var change = change
        change.appMetadata = nil
        change.newEmail = nil
        let context = core.context(client, actor: principal.user.id)
        do throws(AuthError) {
            guard let email = change.email, !isSame(email, as: principal.user.email) else {
                return ProfileUpdate(try await changeOwnProfile(of: principal.user, by: change, context))
            }
            if let email, !core.settings.registration.permits(email) { throw .invalid([.otherDomain]) }
            try await reauthenticate(principal, with: password, for: .profileChanged, context)
            if core.settings.requiresVerifiedEmail {
                guard email != nil else { throw .invalid([FieldViolation(field: "email", .missing)]) }
                guard mail.canSend else { throw .mailUnavailable }
            }
            if mail.canSend, let email {
                return try await proposeAddress(email, for: principal.user, besides: change, from: client, context)
            }
            let offer = mail.canSend ? tokens.undoOffer(for: principal.user.id) : nil
            return ProfileUpdate(try await changeOwnProfile(of: principal.user, by: change, offering: offer, context))
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
    func changeOwnProfile(
        of user: User, by change: ProfileChange, offering undo: AddressUndoOffer? = nil, _ context: OperationContext
    ) async throws(AuthError) -> User {
        guard core.settings.preventsEnumeration, let username = change.username, let username, username != user.username
        else {
            return try await changeProfile(of: user, by: change, offering: undo, context)
        }
        try await attempts.countUsernameRequest(of: user.id, in: context)
        do throws(AuthError) {
            return try await changeProfile(of: user, by: change, offering: undo, context)
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

    /// Changes a profile; the old address is notified if it was replaced.
    func changeProfile(
        of known: User, by change: ProfileChange, offering undo: AddressUndoOffer? = nil, _ context: OperationContext
    ) async throws(AuthError) -> User {
        guard !change.isEmpty else { return known }
        let outcome = try await core.commit(at: context.now) { store throws(StoreError) in
            try await store.changeProfile(of: known.id, by: change, undo: undo, context: context)
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
