// SPDX-License-Identifier: Apache-2.0

/// The outcome of redeeming a one-time token.
public enum OneTimeTokenRedemption: Hashable, Sendable {
    /// The token is spent, and does this.
    case accept(OneTimeTokenEffect)
    /// Nothing is changed.
    case refuse(OneTimeTokenRefusal)
}

/// What a redeemed token does, with the user as it leaves them.
public enum OneTimeTokenEffect: Hashable, Sendable {
    /// The address is verified, and this becomes of the credentials that were there before.
    case prove(User, BindingEffect)
    /// The address is verified, and the password is replaced by one that comes with the token.
    case setPassword(User, BindingEffect)
    /// The user has the address that they asked for.
    case changeAddress(User)
    /// The user has a former address again, and this becomes of the password.
    case restoreAddress(User, PasswordRestoration)

    /// The user to write.
    public var user: User {
        switch self {
        case .prove(let user, _), .setPassword(let user, _), .changeAddress(let user), .restoreAddress(let user, _):
            user
        }
    }
}

/// Which credentials were shown with a proof of the mailbox, and where it was completed.
public struct ProofCircumstances: Hashable, Sendable {
    /// The generation of the credential that the client had shown when it asked for the mail.
    public let shown: CredentialGeneration?
    /// Whether the client that asked is the one that completes.
    public let isHere: Bool
    /// The generation of a credential that was shown with the proof itself: the password, typed on the page, or a live session.
    public let showing: CredentialGeneration?

    /// Describes circumstances; without arguments, those of a link that was opened elsewhere and with which nothing was shown.
    public init(shown: CredentialGeneration? = nil, isHere: Bool = false, showing: CredentialGeneration? = nil) {
        self.shown = shown
        self.isHere = isHere
        self.showing = showing
    }
}

extension OneTimeToken {
    /// Decides what the token does, on its locked row and that of its user.
    ///
    /// A reset raises the epoch, which revokes every token that an attacker obtained with the old password, and the password that
    /// it sets is bound to the address. A disabled user cannot reset their way back in.
    ///
    /// - Parameters:
    ///   - purpose: What it is presented for.
    ///   - user: The user as stored.
    ///   - circumstances: What was shown with the proof of the mailbox, and where.
    ///   - change: The stored change of the user's address that the token undoes, for a token that does.
    ///   - now: The instant of the operation.
    /// - Returns: What it does, or why it is refused.
    public func redeem(
        for purpose: OneTimeTokenPurpose, user: User, by circumstances: ProofCircumstances = ProofCircumstances(),
        undoing change: AddressChange? = nil, at now: Timestamp
    ) -> OneTimeTokenRedemption {
        if let refusal = refusal(for: purpose, user: user, at: now) { return .refuse(refusal) }
        switch purpose {
        case .passwordReset:
            // What it finds is replaced, and nothing unbound is left.
            return .accept(.setPassword(user.withPasswordReset(at: now), user.isBound ? .keep : .bind))
        case .emailVerification, .signIn, .unlock, .invitation, .reauthentication:
            let effect = BindingEffect.of(
                user, shown: circumstances.shown, isHere: circumstances.isHere, showing: circumstances.showing)
            return .accept(.prove(user.withMailboxProven(effect, at: now), effect))
        case .addressChange:
            return .accept(.changeAddress(user.withNewAddress(by: circumstances, at: now)))
        case .addressUndo:
            guard let change, change.undoKey == key, change.isOpen(at: now) else { return .refuse(.unknown) }
            let undoing = change.undone(for: user, at: now)
            return .accept(.restoreAddress(undoing.user, undoing.password))
        case .supabase:
            // `SupabaseRedemption` decides these.
            return .refuse(.wrongPurpose)
        }
    }
}

extension User {
    fileprivate func withPasswordReset(at now: Timestamp) -> User {
        var changed = self
        changed.emailVerifiedAt = emailVerifiedAt ?? now
        changed.epoch = epoch.next(at: now)
        changed.mustChangePassword = false
        changed.credentialGeneration = credentialGeneration.next(at: now)
        changed.isBound = true
        // What was asked for with the old password is void.
        changed.newEmail = nil
        changed.updatedAt = now
        return changed
    }

    /// The same user where the address was verified before and the credentials are kept.
    package func withMailboxProven(_ effect: BindingEffect, at now: Timestamp) -> User {
        var changed = self
        changed.emailVerifiedAt = emailVerifiedAt ?? now
        changed.apply(effect, at: now)
        if changed != self { changed.updatedAt = now }
        return changed
    }

    /// Takes in what a proof of the mailbox does to the credentials.
    package mutating func apply(_ effect: BindingEffect, at now: Timestamp) {
        switch effect {
        case .keep: break
        case .bind: isBound = true
        case .void:
            // Nothing is left that is not bound.
            isBound = true
            mustChangePassword = false
            newEmail = nil
            credentialGeneration = credentialGeneration.next(at: now)
            epoch = epoch.next(at: now)
        }
    }

    /// The user with the address that they asked for.
    ///
    /// The credentials stay bound, or are bound now, where the client that completes had shown one: it is the one that asked, whose
    /// session was of the present generation, or it has a live session. Else they are unbound: what was proven is that a person
    /// reads mail at the new address, and not that this person knows the credentials. A guest becomes a user like others.
    package func withNewAddress(by circumstances: ProofCircumstances, at now: Timestamp) -> User {
        var changed = self
        changed.email = newEmail
        changed.newEmail = nil
        changed.emailVerifiedAt = now
        changed.isBound =
            circumstances.showing == credentialGeneration
            || (circumstances.isHere && circumstances.shown == credentialGeneration)
        if changed.email != nil { changed.endAnonymity() }
        changed.updatedAt = now
        return changed
    }

    /// Takes in that a guest has an identifier now: the user is like one who has registered.
    ///
    /// A role that an administrator gave in the meantime stays.
    mutating func endAnonymity() {
        guard isAnonymous else { return }
        isAnonymous = false
        if role == .guest { role = .user }
    }
}
