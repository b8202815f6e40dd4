// SPDX-License-Identifier: Apache-2.0

/// Decides what a link or code of a mail of Supabase's API does.
///
/// The store asks it on locked rows, in the transaction that carries it out.
public enum SupabaseRedemption {
    /// What becomes of a link or code.
    public enum Decision: Hashable, Sendable {
        /// The address is verified, the user signs in, and this becomes of the credentials that were there before.
        case signIn(User, BindingEffect)
        /// The user has the address that they asked for, and signs in.
        case changeAddress(User)
        /// One of the two mailboxes has confirmed a change; this is to be stored until the other one does.
        case first(SupabaseAddressConfirmation)
        /// Nothing is changed.
        case refuse(OneTimeTokenRefusal)
    }

    /// Decides.
    ///
    /// The token alone is enough, as the contract wants it, so a client is never taken for the one that asked: what an
    /// unbound user has set stays unbound, or is voided where it was not shown. A new address is never given without a proof
    /// of its mailbox: what the present address confirms waits for it, also where the present address need not confirm.
    ///
    /// - Parameters:
    ///   - token: The token that the link or the code stands for.
    ///   - mail: What the flow of the token says of its mail.
    ///   - user: The user as stored.
    ///   - type: What the client says that it redeems.
    ///   - shown: The generation of the credential that the client had shown when it asked for the mail.
    ///   - showing: The generation of a live session of the same user that is shown with the token.
    ///   - confirmed: The stored confirmation of a change of the user's address.
    ///   - isSecure: Whether a change needs both mailboxes.
    ///   - now: The instant of the operation.
    /// - Returns: What is to be done.
    public static func decide(
        _ token: OneTimeToken, mail: SupabaseMail, user: User, as type: SupabaseVerification,
        shown: CredentialGeneration?, showing: CredentialGeneration?, confirmed: SupabaseAddressConfirmation?,
        isSecure: Bool, at now: Timestamp
    ) -> Decision {
        guard type.admits(mail.kind) else { return .refuse(.wrongPurpose) }
        if let refusal = token.refusal(for: .supabase, user: user, at: now) { return .refuse(refusal) }
        let side: SupabaseAddressConfirmation.Side
        switch mail.kind {
        case .signup, .invite, .magicLink, .recovery:
            guard token.isFor(user.email) else { return .refuse(.addressChanged) }
            let effect = BindingEffect.of(user, shown: shown, isHere: false, showing: showing)
            return .signIn(user.withMailboxProven(effect, at: now), effect)
        case .emailChangeCurrent: side = .current
        case .emailChangeNew: side = .new
        case .reauthentication: return .refuse(.wrongPurpose)
        }
        guard let newEmail = user.newEmail, token.isFor(side == .new ? newEmail : user.email) else {
            return .refuse(.addressChanged)
        }
        let isLast = confirmed?.completes(side, for: newEmail, of: user.id, at: now) == true
        guard isLast || (side == .new && !(isSecure && user.email != nil && user.isVerified)) else {
            return .first(
                SupabaseAddressConfirmation(
                    userID: user.id, address: newEmail.canonical, side: side, expiresAt: token.expiresAt))
        }
        let circumstances = ProofCircumstances(shown: shown, isHere: false, showing: showing)
        return .changeAddress(user.withNewAddress(by: circumstances, at: now))
    }
}

extension OneTimeToken {
    fileprivate func isFor(_ address: EmailAddress?) -> Bool {
        address?.canonical.hasSameOctets(as: self.address) == true
    }
}
