// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Users, their identifiers and their password hashes.
public protocol UserStore: Sendable {
    /// Creates a user.
    ///
    /// **U1.** Of concurrent calls that claim one canonical identifier, exactly one creates its user; the others write
    /// nothing and learn which kind is taken (`username` first, where both are).
    /// **U2.** The count of users rises by one in the same transaction.
    ///
    /// **U13.** The token of `verification` is stored with its flow in the same transaction, and the mail that carries it is
    /// written into the outbox. No budget of the user is looked at: there is none yet.
    /// **U14.** A registration cannot claim an identifier that is reserved (U8, U19); it counts as taken. An administrator can
    /// make a user with a reserved username, and the reservation then stands for when that user is deleted or renamed; but none
    /// with a reserved address, which its former user may take back. An administrator's change of a user is not bound by this.
    ///
    /// `action` is `.userRegistered` or `.userCreated`, for the audit.
    func createUser(
        _ user: User, passwordHash: StoredPasswordHash?, verification: MailedToken?, action: AuditAction,
        context: OperationContext
    ) async throws(StoreError) -> UserCreation

    /// The user with this id; `nil` where there is none.
    func user(withID id: UserID) async throws(StoreError) -> User?

    /// The user with an identifier together with the hash to check a password against; `nil` where there is none.
    ///
    /// **U3.** The identifier is looked up first and gives no more than an id; then one read by that id gives user and
    /// hash, so that the epoch belongs to the hash. A user who no longer has the identifier when that read is made,
    /// because the user was renamed or deleted in between, counts as none.
    /// **U12.** An unknown identifier costs the same statements: the second read is made with `decoy`, and whatever it
    /// finds is ignored. The caller draws the decoy from the identifier by a keyed digest, so that asking again shows
    /// nothing new.
    func credential(
        for identifier: Identifier, decoy: UserID
    ) async throws(StoreError) -> UserCredential?

    /// The same by id, in one read.
    func credential(of id: UserID) async throws(StoreError) -> UserCredential?

    /// Changes the part of a user that the user may write.
    ///
    /// **U4.** The decision is `ProfileChange.applied(to:at:)` on the locked row. If another user holds an identifier,
    /// nothing is written. The old identifiers are free again at once. A changed address voids the user's one-time
    /// tokens. U14 holds for a change that users make to themselves, which is one whose actor is the user.
    /// **U17.** With `undo`, a change that replaces or removes an address can be undone as U19 says. Another address that the user
    /// asks for voids the tokens that were mailed for the one before.
    func changeProfile(
        of id: UserID, by change: ProfileChange, undo: AddressUndoOffer?, context: OperationContext
    ) async throws(StoreError) -> Committed<ProfileOutcome>

    /// Replaces the password that the user knew with another.
    ///
    /// **U5.** Done only if the stored hash is still `expected`, or there is none where that is `nil`; then in one transaction
    /// the epoch is raised, every session ends (`.passwordChanged`), the generation of the credentials is raised, one-time tokens
    /// are void as by T3, `mustChangePassword` is cleared, and `replacement.session` is opened.
    func replacePassword(
        of id: UserID, _ replacement: PasswordReplacement, context: OperationContext
    ) async throws(StoreError) -> Committed<PasswordReplacementOutcome>

    /// Stores the same password in a newer form.
    ///
    /// **U6.** Compare-and-swap: done only if the stored hash is still `old`. Neither epoch nor sessions nor
    /// `updatedAt` change, and no audit event is written.
    /// - Returns: Whether it was done.
    func rehashPassword(
        of id: UserID, from old: StoredPasswordHash, to new: StoredPasswordHash
    ) async throws(StoreError) -> Bool

    /// Sets a role or permissions, enables, disables or deletes a user.
    ///
    /// **U7.** The decision is `AdministrativeAction.decide` on the locked row and the exact number of administrators who may sign
    /// in at that instant, so of none who is banned; no other transaction can make them fewer before it is carried out: of two
    /// racing actions that would together leave none, one is refused.
    /// **U8.** Deactivating ends every session (`.userDisabled`) and voids one-time tokens; deleting removes everything
    /// of the user except audit events, frees the identifiers, lowers the count, and the id is never used again. The username
    /// is reserved until `reservation`, where one is given. Of a deletion that keeps the row (`.softDelete`), the identifiers, the
    /// password, the identities, what was mailed or is still to be mailed, changes of the address with what they reserve,
    /// invitations, places and the sessions are gone, and the count stays. A ban ends no session. For a user whom
    /// `SupabaseAdministration.isProtected` includes from then on, links, codes and confirmations of Supabase's API are void.
    /// **U9.** A rejected action writes only its audit event.
    func perform(
        _ action: AdministrativeAction, on id: UserID, reservingUsernameUntil reservation: Timestamp?,
        context: OperationContext
    ) async throws(StoreError) -> Committed<AdministrationOutcome>

    /// At most `limit` users whom `AbandonedRegistration` includes, the oldest first.
    func abandonedRegistrations(madeBefore cutoff: Timestamp, limit: Int) async throws(StoreError) -> [User]

    /// Removes a user whose registration was abandoned.
    ///
    /// **U15.** The decision is `AbandonedRegistration.includes` on the locked row: a user who has signed in or proved the
    /// address meanwhile stays, and nothing is written. Removed is all that U8 says, and no identifier is reserved.
    /// - Returns: Whether the user was removed.
    func removeAbandonedRegistration(
        _ id: UserID, madeBefore cutoff: Timestamp, context: OperationContext
    ) async throws(StoreError) -> Committed<Bool>

    /// Whether any user has the role `Role.admin`.
    func hasAdministrator() async throws(StoreError) -> Bool

    /// Creates the first administrator.
    ///
    /// **U16.** Done only if no user has the role `Role.admin`, which is looked at in the same transaction: of concurrent calls
    /// one creates its user. A call that comes too late writes only its audit event. Otherwise as `createUser`, U13
    /// included, with the audit action `.firstAdministratorCreated`.
    func createFirstAdministrator(
        _ user: User, passwordHash: StoredPasswordHash, verification: MailedToken?, context: OperationContext
    ) async throws(StoreError) -> FirstAdministratorCreation

    /// One page of users.
    ///
    /// **U10.** The order is total: by the sort key, then by id. Following `next` from the first page visits every user
    /// that exists throughout exactly once, whatever else is inserted or removed meanwhile.
    func users(matching query: UserQuery) async throws(StoreError) -> UserPage

    /// How many users there are, from a counter: its cost does not grow with them.
    func userCount() async throws(StoreError) -> Int64

    /// How many users hold the hash of each algorithm and cost, as far as the store knows: the mix from which dummy
    /// hashes are drawn, by ``StoredPasswordHash/cost``.
    ///
    /// **U11.** At most 32 entries, the most frequent first; may be sampled.
    func passwordHashMix() async throws(StoreError) -> [PasswordHashShare]
}

extension UserStore {
    /// Creates a user to whom no token is mailed.
    public func createUser(
        _ user: User, passwordHash: StoredPasswordHash?, action: AuditAction, context: OperationContext
    ) async throws(StoreError) -> UserCreation {
        try await createUser(user, passwordHash: passwordHash, verification: nil, action: action, context: context)
    }

    /// Changes the part of a user that the user may write, which cannot be undone.
    public func changeProfile(
        of id: UserID, by change: ProfileChange, context: OperationContext
    ) async throws(StoreError) -> Committed<ProfileOutcome> {
        try await changeProfile(of: id, by: change, undo: nil, context: context)
    }

    /// Sets a role or permissions, enables, disables or deletes a user, whose username is then free at once.
    public func perform(
        _ action: AdministrativeAction, on id: UserID, context: OperationContext
    ) async throws(StoreError) -> Committed<AdministrationOutcome> {
        try await perform(action, on: id, reservingUsernameUntil: nil, context: context)
    }
}

/// The outcome of creating a user.
public enum UserCreation: Hashable, Sendable {
    /// The user exists.
    case created
    /// Another user holds the identifier of this kind.
    case taken(IdentifierKind)
}

/// The outcome of creating the first administrator.
public enum FirstAdministratorCreation: Hashable, Sendable {
    /// The user exists.
    case created
    /// Another user holds the identifier of this kind.
    case taken(IdentifierKind)
    /// There was an administrator.
    case administratorExists
}

/// A user and the hash of their password, read together.
public struct UserCredential: Hashable, Sendable {
    /// The user.
    public let user: User
    /// The hash; `nil` for a user without a password.
    public let passwordHash: StoredPasswordHash?

    /// Pairs a user with a hash.
    public init(user: User, passwordHash: StoredPasswordHash?) {
        self.user = user
        self.passwordHash = passwordHash
    }
}

/// The outcome of a profile change.
public enum ProfileOutcome: Hashable, Sendable {
    /// Done; this is the user now.
    case changed(User)
    /// Another user holds the identifier of this kind.
    case taken(IdentifierKind)
    /// The change would violate a rule.
    case refused(ProfileChange.Refusal)
    /// The user does not exist.
    case notFound
}

/// A new password hash and the hash that it was decided on.
public struct PasswordReplacement: Hashable, Sendable {
    /// The hash that the current password was checked against; `nil` for the first password of a user who has none.
    public let expected: StoredPasswordHash?
    /// The hash of the new password.
    public let new: StoredPasswordHash
    /// The session that replaces the one in which the change was requested; `nil` opens none.
    public let session: Session?

    /// Describes a replacement.
    public init(expected: StoredPasswordHash?, new: StoredPasswordHash, session: Session?) {
        self.expected = expected
        self.new = new
        self.session = session
    }
}

/// The outcome of replacing a password.
public enum PasswordReplacementOutcome: Hashable, Sendable {
    /// The new password is set; the user has this epoch.
    case replaced(User)
    /// The stored hash was another one by now: the caller should start again.
    case stale
    /// The user does not exist, or may not sign in.
    case notFound
}

/// The outcome of an administrative action.
public enum AdministrationOutcome: Hashable, Sendable {
    /// Done; this is the user now.
    case updated(User)
    /// Done; this was the user's last record.
    case deleted(User)
    /// The user already was in that state.
    case unchanged(User)
    /// A rule forbids it.
    case refused(AdministrativeRefusal)
    /// The user does not exist.
    case notFound
}

/// How many stored hashes have one algorithm and cost.
public struct PasswordHashShare: Hashable, Sendable {
    /// The algorithm and cost, as in ``StoredPasswordHash/cost``.
    public let cost: String
    /// How many users have it.
    public let count: Int64

    /// Describes one share of the mix.
    public init(cost: String, count: Int64) {
        self.cost = cost
        self.count = count
    }
}
