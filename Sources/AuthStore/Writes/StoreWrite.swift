// SPDX-License-Identifier: Apache-2.0

package import AuthCore

/// One write of a plan.
///
/// Stores carry these out in an exhaustive `switch`: one that forgets a case does not compile.
package enum StoreWrite: Hashable, Sendable {
    /// Overwrites the user with the same id; identifiers are not touched by it.
    case updateUser(User)
    /// Writes a user's last sign-in alone: signing in is frequent, and this touches no other index.
    case recordSignIn(User)
    /// Records at the user's address since when it is verified.
    case proveAddress(User)
    /// Removes a user and everything that belongs to the user except audit events and events of the outbox; the identifiers
    /// that the record has become free.
    case removeUser(User)
    /// Removes what names a user whose row is kept, or leads to one: mails, flows and requests of mails, codes, changes of the
    /// address, invitations and places.
    case forgetUser(UserID)
    /// Reserves an identifier that is free, in place of any earlier reservation.
    case reserveIdentifier(Identifier, until: Timestamp)
    /// Ends the reservation of an identifier, if it is the one that ends then.
    case releaseIdentifier(Identifier, until: Timestamp)
    /// Stores a change of address, and the password that undoing it restores.
    case putAddressChange(StoredAddressChange)
    /// Removes a change of address.
    case removeAddressChange(UserID, number: Int64)
    /// Changes the count of users; every other change of the same count waits for it until the commit.
    case changeUserCount(Int64, UserID)
    /// Stores a password hash in place of any other.
    case storeHash(StoredPasswordHash, UserID)
    /// Removes a password hash, if there is one.
    case removeHash(UserID)
    /// Opens a session.
    ///
    /// A session with its id makes the whole plan fail with `StoreError.conflict`.
    case openSession(Session)
    /// Writes the rotation and the end of a session.
    case updateSession(Session)
    /// Writes when and how the user of a session last proved who they are, and nothing else of it.
    case renewSession(Session)
    /// Ends the sessions of a user that have not ended yet, expired ones included, or all of them but one.
    ///
    /// Expired ones count because an access token of theirs may still be valid.
    case endSessions(UserID, except: SessionID?, Session.Ended)
    /// Removes the one-time tokens of a user, or only those of one purpose, and ends their flows.
    ///
    /// Without a purpose, those stay that `OneTimeTokenPurpose.endsWithPassword` excepts, and the codes of Supabase's API are
    /// removed, too.
    case voidTokens(UserID, OneTimeTokenPurpose?)
    /// Removes a one-time token and ends its flow.
    case voidToken(OneTimeTokenKey)
    /// Lets a one-time token and its flow expire at another instant.
    case extendToken(OneTimeTokenKey, until: Timestamp)
    /// Stores a flow.
    ///
    /// A flow with its id makes the whole plan fail with `StoreError.conflict`.
    case putFlow(MailedFlow)
    /// Counts a wrong code at a flow, whose row is locked.
    case countWrongCode(FlowID)
    /// Stores what is left of a budget of mails, in place of any other.
    case putMailBudget(MailBudgetKey, MailBudget)
    /// Removes a request for a mail.
    case removeMailRequest(Int64)
    /// Stores a one-time token; those of its user and purpose that `OneTimeToken.isSpare` names are removed.
    ///
    /// A token with its digest makes the whole plan fail with `StoreError.conflict`.
    case issueToken(OneTimeToken)
    /// Stores an invitation in place of any other with its id.
    case putInvitation(Invitation)
    /// Stores an identity in place of any other with its id.
    ///
    /// Another one with its issuer and subject makes the whole plan fail with `StoreError.conflict`.
    case putIdentity(Identity)
    /// Removes an identity of a user.
    case removeIdentity(UserID, IdentityID)
    /// Removes the identities of a user that are not bound.
    case removeUnboundIdentities(UserID)
    /// Removes the identities of a user that were linked at an instant or later.
    case removeIdentities(UserID, linkedSince: Timestamp)
    /// Binds the identities of a user.
    case bindIdentities(UserID)
    /// Takes the binding from the identities of a user.
    case unbindIdentities(UserID)
    /// Removes a code of a provider's callback.
    case removeProviderCode([UInt8])
    /// Counts a wrong verifier at a code, whose row is locked.
    case countWrongVerifier([UInt8])
    /// Frees the identifiers that the record of a user has; the record stays.
    case freeIdentifiers(User)
    /// Stores a code of Supabase's API.
    ///
    /// A code with its digest makes the whole plan fail with `StoreError.conflict`.
    case putSupabaseCode(SupabaseCode)
    /// Removes a code of Supabase's API.
    case removeSupabaseCode([UInt8])
    /// Removes the codes of a user for Supabase's API.
    case removeSupabaseCodes(UserID)
    /// Counts a wrong verifier at a code of Supabase's API, whose row is locked.
    case countWrongSupabaseVerifier([UInt8])
    /// Stores the confirmation of a change of address in place of any other of its user.
    case putAddressConfirmation(SupabaseAddressConfirmation)
    /// Removes the confirmation of a change of address, if there is one.
    case removeAddressConfirmation(UserID)
    /// Stores what is left of a budget of Supabase's API, in place of any other.
    case putSupabaseBudget([UInt8], MailBudget)
    /// Voids the code of a flow, and not its link.
    case voidCode(FlowID)
    /// Stores a secret key of Supabase's API in place of any other with its id.
    case putSupabaseKey(SupabaseKey)
    /// Writes when a secret key of Supabase's API was last used, unless a later use is written.
    case noteSupabaseKeyUse(SupabaseKeyID, Timestamp)
    /// Stores a signing key in place of any other with its id.
    case putKey(StoredSigningKey)
    /// Removes the signing key with an id.
    case removeKey(String)
    /// Stores a role in place of any other with its name.
    case putRole(StoredRole)
    /// Removes the stored role with a name.
    case removeRole(Role)
    /// Appends to the change feed, whose lock is held.
    case appendChange(StoreChange.Kind)
    /// Appends to the audit log.
    case appendAudit(AuditEvent)
    /// Appends to the outbox, and makes due at once what the entry has to wait for.
    case enqueue(OutboxEntry)
    /// Overwrites how the delivery of a row of the outbox stands.
    case updateOutboxRow(OutboxRow)
    /// Removes a row of the outbox.
    case removeOutboxRow(OutboxKey)
}
