// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// What Supabase's API keeps beside the native operations: its mails, codes, budgets and keys, and its changes of users.
///
/// Locks are taken in one order: budgets, then the user, then the session, then flows, tokens and codes; keys stand alone. The
/// change feed has the entries of the native operations and no others.
public protocol SupabaseStore: Sendable {
    /// Creates a user without any identifier, and opens a session of this user.
    ///
    /// **X1.** Both in one transaction, in which the count of users rises by one; audited are `.userRegistered` and `.signIn`. A user
    /// with the id of another one is `.conflict`, and nothing is written.
    func signUpAnonymously(
        _ user: User, session: Session, context: OperationContext
    ) async throws(StoreError) -> Committed<Void>

    /// A user as this API shows users; `nil` where there is none.
    ///
    /// **X2.** User, password, identities and mails are of one state. Of the mails that were sent since an instant, the newest of each
    /// kind is told.
    func supabaseRecord(of id: UserID, mailsSince: Timestamp) async throws(StoreError) -> SupabaseRecord?

    /// Stores the tokens of one or two mails with their flows, if their user has, or asks for, the addresses that they are for.
    ///
    /// **X3.** As T1, T5, T6 and M5 say, under the user's lock; of two mails both are written or neither, and they take one from the
    /// budget. With `asking`, the user asks for that address from now on, in the same transaction, also where no mail is sent;
    /// confirmations of before are removed, and so is what would change the address to another one. Of the flows of one address
    /// at most three accept a code: the code of the oldest is voided, and never its link.
    func issueSupabaseMail(
        _ order: SupabaseMailOrder, under terms: MailTerms, answering claim: MailRequestClaim?,
        context: OperationContext
    ) async throws(StoreError) -> Committed<OneTimeTokenIssuance?>

    /// Redeems the link or the code of a mail.
    ///
    /// **X4.** For a code, the rows of the budgets are locked in the order of their keys. Where one is spent, nothing is compared
    /// (`.wrongCode`). Else the newest three flows of the address that accept a code are compared with the digests, those of a kind that
    /// the type admits; where none fits, one is taken from each budget. The statements are the same where the address has no flow,
    /// and budgets are kept for addresses without a user. Of `.wrongCode` no audit event is written: strangers can cause as many
    /// as they like, and the caller audits them.
    /// **X5.** Flow and user are found without a lock; then user, flow and token are locked and read again. The decision is
    /// `SupabaseRedemption.decide`; of concurrent calls one is accepted. Accepted: the user is as decided, with the consequences that
    /// T7 says, every token of the purpose is void, and the session is opened as S2 and S9 say, with the method of the mail, or the
    /// code stored; audited as `.signIn`. T11 holds. Where the limit of sessions is reached nothing is changed. Refused: only the
    /// audit event, where X4 does not leave it out, and the budgets are written.
    /// **X6.** The first of two confirmations is stored and its token void, while the other one's stays; audited as
    /// `.addressChangeRequested`. A change of address does all that U18, U19 and P13 say, removes the confirmation, and opens the session.
    ///
    /// `undo` is pure, and asked for the user who is found, where the address changes.
    func redeemSupabase(
        _ proof: SupabasePresented, as type: SupabaseVerification, showing: SupabaseShowing?,
        opening: SupabaseOpening, isSecure: Bool, undo: @escaping @Sendable (UserID) -> AddressUndoOffer,
        limit: SessionLimit?, context: OperationContext
    ) async throws(StoreError) -> Committed<SupabaseRedemptionOutcome>

    /// Exchanges a code for a session.
    ///
    /// **X7.** The decision is `SupabaseCode.redeem` and `SupabaseCode.effect` under the locks of the user and the code. Accepted, the
    /// code is removed and the session opened with its method: of concurrent calls one gets it. A wrong verifier is counted, and
    /// the third voids the code. Wrong ones and refusals are audited as `.signIn`, but for a code that is not
    /// stored: the caller audits it. What voids a user's one-time tokens of every purpose, as a new password does, removes the
    /// codes and the confirmation of a change of address, too.
    func exchangeSupabaseCode(
        _ digest: [UInt8], verifierDigest: [UInt8], session: Session, limit: SessionLimit?, context: OperationContext
    ) async throws(StoreError) -> Committed<SupabaseExchangeOutcome>

    /// Changes a user for the user.
    ///
    /// **X8.** One transaction, and nothing by halves. The session must be alive; where `needsProof`, it must be proven, or
    /// `SupabaseProof.isShown` hold for the locked session, or the nonce fit a live flow of the kind `.reauthentication` of the user,
    /// under the budgets of X4, and that flow ends then. A password is replaced as U5 says, but this session stays, none is
    /// opened, and what is bound stays bound. An address is replaced at once as U4 and U17 say, and an anonymous user is none any
    /// more; or it is asked for, as X3 says, in the same transaction. Where the budget has no mail left, the whole
    /// change is refused (`.mailLimitReached`). A former address is told of the change only if it was proven.
    func updateSupabaseUser(
        _ id: UserID, by change: SupabaseOwnChange, context: OperationContext
    ) async throws(StoreError) -> Committed<SupabaseUpdateOutcome>

    /// Changes a user for an administrator.
    ///
    /// **X9.** One transaction, and nothing by halves. Where `SupabaseAdministration.isProtected` holds and `managesAdmins` does not, a change of
    /// password, address or ban is refused; metadata alone is not. An address is replaced as U4 and U17 say, verified if that is
    /// confirmed, and unbound. A new password raises epoch and generation, ends every session (`.passwordChanged`), voids the
    /// one-time tokens and unbinds; identities stay. A ban is `AdministrativeAction.ban`. The user is told of a password and of an
    /// address (`.administratorActed`); audited as `.userUpdatedByKey`, and a ban as `.userBanned`.
    func administerSupabaseUser(
        _ id: UserID, by update: SupabaseAdminUpdate, context: OperationContext
    ) async throws(StoreError) -> Committed<SupabaseAdminOutcome>

    /// How many users a query matches, wherever its page begins.
    ///
    /// **X10.** Exact up to 100,000, which is the greatest answer.
    func userCount(matching query: UserQuery) async throws(StoreError) -> Int64

    /// Takes one from a budget.
    ///
    /// **X11.** Concurrent calls do not exceed the budget.
    /// - Returns: `nil` where it is taken; else when the next one will be admitted, and nothing is taken.
    func takeSupabaseBudget(_ budget: SupabaseBudget, at now: Timestamp) async throws(StoreError) -> Timestamp?

    /// Every key that is kept, the newest first.
    func supabaseKeys() async throws(StoreError) -> [SupabaseKey]

    /// The key with an id; also one that is not live any more, as long as it is kept.
    func supabaseKey(_ id: SupabaseKeyID) async throws(StoreError) -> SupabaseKey?

    /// The key whose text has a digest.
    func supabaseKey(digest: [UInt8]) async throws(StoreError) -> SupabaseKey?

    /// Stores a key.
    ///
    /// **X12.** Done unless `SupabaseKey.mostLive` of its form are live: of two concurrent calls for the last place one is done. Audited
    /// as `.supabaseKeyCreated`, with the key's id as the target.
    /// - Returns: Whether it was done.
    func addSupabaseKey(_ key: SupabaseKey, context: OperationContext) async throws(StoreError) -> Bool

    /// Revokes a key.
    ///
    /// **X13.** A key that is revoked stays as it is. Audited once, as `.supabaseKeyRevoked`, with the key's id as the target.
    /// - Returns: The key as it is now; `nil` where it is unknown.
    func revokeSupabaseKey(_ id: SupabaseKeyID, context: OperationContext) async throws(StoreError) -> SupabaseKey?

    /// Writes when a key was last used, unless a later use is written.
    func noteSupabaseKeyUse(_ id: SupabaseKeyID, at now: Timestamp) async throws(StoreError)

    /// The sealed private key that signs API keys.
    ///
    /// **X14.** Stores `sealed` if there is none yet; of concurrent first calls one wins, and all get the same answer.
    func supabaseSigningKey(orStore sealed: [UInt8]) async throws(StoreError) -> [UInt8]

    /// Replaces the sealed key, if it is still `old`: part of changing the root key.
    /// - Returns: Whether it was done.
    func replaceSupabaseSigningKey(_ old: [UInt8], by new: [UInt8]) async throws(StoreError) -> Bool
}
