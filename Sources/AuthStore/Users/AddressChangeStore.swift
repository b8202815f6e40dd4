// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Changes of address that are proven before they count, and can be undone for a time.
public protocol AddressChangeStore: Sendable {
    /// Gives a user the address that the user asks for, because its mailbox was proven.
    ///
    /// **U18.** The decision is `MailboxProof.judge` and `OneTimeToken.redeem` on locked rows, as T2 says. The address is
    /// claimed as by U1, and one that is reserved counts as taken (U14), unless a change of the same user reserves it. Of
    /// concurrent calls for one address, one is accepted. Refused: only the audit event and the count of wrong codes are written.
    /// **U19.** Accepted: in one transaction the former address is free and reserved until the change can no longer be undone, the
    /// change is stored with the password hash of that moment, `undo` is stored and mailed to the former address, and every other
    /// one-time token of the user is void. What undoes earlier changes stays valid. A user who had no address is offered no undo.
    func confirmAddressChange(
        _ proof: MailboxProof, showing: CredentialGeneration?, undo: AddressUndoOffer, context: OperationContext
    ) async throws(StoreError) -> Committed<AddressChangeOutcome>

    /// Restores the address that a change replaced.
    ///
    /// **U20.** The decision is `MailboxProof.judge` and `OneTimeToken.redeem` on locked rows; a proof without a code needs
    /// `newHash`, the hash of a password that was typed with it, which is then set in place of the one to be restored. Of
    /// concurrent calls with one token, one is accepted. Accepted: in one transaction the address and the password are restored,
    /// the changes from this one on are removed with what undoes them and with their reservations, every session ends
    /// (`.revoked`), every other one-time token is void, and epoch and generation are raised. Changes before this one can still
    /// be undone. Refused, also where another user holds the address: as U18.
    func undoAddressChange(
        _ proof: MailboxProof, newHash: StoredPasswordHash?, context: OperationContext
    ) async throws(StoreError) -> Committed<AddressChangeOutcome>

    /// Makes the changes of a user's address final.
    ///
    /// **U21.** In one transaction the changes are removed with what undoes them, and the former addresses are free.
    /// - Returns: Whether there was one that could be undone.
    func finalizeAddressChanges(
        of id: UserID, context: OperationContext
    ) async throws(StoreError) -> Committed<Bool>

    /// Gives up the address that a user asks for.
    ///
    /// **U22.** In one transaction the user asks for no address any more, and the tokens and confirmations that would have given it are void.
    /// - Returns: The user as it is now; `nil` for one that does not exist.
    func cancelAddressChange(of id: UserID, context: OperationContext) async throws(StoreError) -> Committed<User?>

    /// The changes of a user's address that are stored, the earliest first.
    func addressChanges(of id: UserID) async throws(StoreError) -> [AddressChange]
}

/// What an undo is made of before it is known which address it restores: a token and the flow that its code belongs to.
public struct AddressUndoOffer: Hashable, Sendable {
    /// Names the flow; no client has its handle.
    public let flow: FlowID
    /// What the text of the token is made from.
    public let token: OutboxToken
    /// The keyed digest of the code.
    public let codeDigest: [UInt8]

    /// Describes an offer.
    public init(flow: FlowID, token: OutboxToken, codeDigest: [UInt8]) {
        self.flow = flow
        self.token = token
        self.codeDigest = codeDigest
    }

    /// The name of the mail's template.
    public static let mailKind = "address_undo"
}

/// A change of address, and the password that undoing it restores.
public struct StoredAddressChange: Hashable, Sendable {
    /// The change.
    public let change: AddressChange
    /// The hash that the user had at the change; `nil` for none.
    public let passwordHash: StoredPasswordHash?

    /// Pairs a change with a hash.
    public init(_ change: AddressChange, passwordHash: StoredPasswordHash?) {
        self.change = change
        self.passwordHash = passwordHash
    }
}

/// The outcome of confirming or undoing a change of address.
public enum AddressChangeOutcome: Hashable, Sendable {
    /// Done; this is the user now.
    case changed(User)
    /// Nothing was changed but the count of wrong codes.
    case refused(OneTimeTokenRefusal, triesLeft: Int64?)
}
