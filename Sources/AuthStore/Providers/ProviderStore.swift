// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Sign-in by identity providers: what is used once, codes, and the identities that users have at providers.
///
/// P1 to P3 write no audit event: what a flow comes to does.
public protocol ProviderStore: Sendable {
    /// Spends a value that may be used once, such as the id of a flow; it is named by a digest.
    ///
    /// **P1.** Of any number of concurrent calls with one digest, in any number of processes, one is true. A value stays spent until
    /// `end`, and longer until a purge; what refuses it by its age must do so by then. One whose `end` has come cannot be spent.
    func spend(_ digest: [UInt8], until end: Timestamp, at now: Timestamp) async throws(StoreError) -> Bool

    /// Keeps what a provider posted until the browser comes back for it.
    ///
    /// **P2.** One callback is kept for a state; a later one is not, and nothing is changed by it. Taking removes it: of concurrent
    /// calls one gets it, and none once it has expired.
    /// - Returns: Whether it is kept.
    func park(_ callback: ParkedCallback, at now: Timestamp) async throws(StoreError) -> Bool

    /// Takes what was parked for a state; `nil` where there is nothing.
    func takeParked(_ stateDigest: [UInt8], at now: Timestamp) async throws(StoreError) -> [UInt8]?

    /// Stores a code, unless its digest is that of another one, which is `.conflict`.
    func putProviderCode(_ code: ProviderCode, context: OperationContext) async throws(StoreError)

    /// Redeems a code.
    ///
    /// **P3.** The decision is `ProviderCode.redeem` on the locked row. Accepted, the code is removed: of concurrent calls one gets it.
    /// A wrong verifier is counted. A code that links is unknown to any but the session that it is for, a code that signs in is
    /// unknown to every session, and neither is touched then.
    func redeemProviderCode(
        _ digest: [UInt8], verifierDigest: [UInt8]?, by session: (UserID, SessionID)?, context: OperationContext
    ) async throws(StoreError) -> ProviderCodeOutcome

    /// Takes in a person of whom a provider has told who they are: signs in, links or registers.
    ///
    /// **P4.** The decision is `ProviderArrival.decide` on locked rows, the user's before the identity's. Where it concerns a user
    /// other than `factorsChecked`, nothing is written.
    /// **P5.** A known identity signs its user in. The session is opened as S2, S9 and S10 say, and what the provider says now is
    /// written at the identity, in the same transaction. The user does not change, and neither do the credentials.
    /// **P6.** An address that the provider proves links the identity to the user who has the address. In one transaction the address is
    /// verified, credentials that were not bound are voided as T7 says, the identity is stored as bound, the session opened, the user
    /// told and the event (`.identityLinked`) audited. Where the limit of sessions is reached nothing is changed.
    /// **P7.** A person whom no user is makes one, as U2 and U14 say, with `newUser` and the address that is proven, if there is one; only
    /// then are user and identity bound. A reserved address is refused as `.signInToLink`.
    /// **P8.** Of concurrent first arrivals with one identity, or with one address, one makes or links the user, and the others sign in
    /// to it or are refused as they would be later; so too beside a registration of the address. Refused: only the audit event is written.
    func arrive(
        _ arrival: ProviderArrivalRequest, context: OperationContext
    ) async throws(StoreError) -> Committed<ProviderArrivalOutcome>

    /// Whom an arrival would be about: two reads, for what is to be looked at before ``arrive(_:context:)``.
    func look(_ subject: ProviderSubject, address: EmailAddress?) async throws(StoreError) -> ProviderLook

    /// The identities of a user, the first linked first.
    ///
    /// **P9.** A user has at most ``ProviderLimits/identitiesPerUser``, also of concurrent links.
    func identities(of userID: UserID) async throws(StoreError) -> [Identity]

    /// Links an identity to the user of a live session.
    ///
    /// **P10.** The decision is made under the locks on the user and the session. Of concurrent calls for one identity, one links it.
    /// It is bound if the user is, or if `identity.isBound` says that the provider proves its address and the user has that address.
    /// The user is told, and the event (`.identityLinked`) audited. Refused: only the audit event is written.
    func link(
        _ identity: Identity, session: SessionID, context: OperationContext
    ) async throws(StoreError) -> Committed<LinkOutcome>

    /// Unlinks an identity.
    ///
    /// **P11.** The decision is `WaysIn.remain` under the user's lock: of concurrent calls that would together take the last way in, one
    /// is refused. Done, the event (`.identityUnlinked`) is audited; sessions stay. Refused: only the audit event is written.
    /// **P12.** A proof of the mailbox does to identities what it does to other credentials (T7, S14, I6): they are bound with them;
    /// where those are voided, or unbound ones replaced by a reset, identities that are not bound are removed, and bound ones stay.
    /// **P13.** A change of address that leaves the credentials unbound unbinds the identities. Undoing one (U20) removes those that
    /// were linked since, and all of them where the credentials were not bound at the change.
    func unlink(
        _ id: IdentityID, of userID: UserID, enabled: Set<ProviderName>, signsInByMail: Bool, context: OperationContext
    ) async throws(StoreError) -> Committed<UnlinkOutcome>
}

/// How much is kept for one user.
public enum ProviderLimits {
    /// How many identities a user can have.
    public static let identitiesPerUser = 20
}

/// What a provider posted to a callback, sealed, until the browser comes back for it.
public struct ParkedCallback: Hashable, Sendable {
    /// The digest of the state that it belongs to.
    public let stateDigest: [UInt8]
    /// The sealed content.
    public let sealed: [UInt8]
    /// From when on it cannot be taken.
    public let expiresAt: Timestamp

    /// Describes a callback.
    public init(stateDigest: [UInt8], sealed: [UInt8], expiresAt: Timestamp) {
        self.stateDigest = stateDigest
        self.sealed = sealed
        self.expiresAt = expiresAt
    }
}

/// The outcome of redeeming a code.
public enum ProviderCodeOutcome: Hashable, Sendable {
    /// It is redeemed and removed.
    case accepted(ProviderCode)
    /// The verifier is not the one that the code is for; it was counted.
    case wrongVerifier
    /// There is no such code: never made, redeemed, expired, void, or for another session.
    case unknown
}

/// A person of whom a provider has told who they are, and what may be done.
public struct ProviderArrivalRequest: Hashable, Sendable {
    /// What the provider says.
    public let profile: ProviderProfile
    /// The provider.
    public let provider: IdentityProvider
    /// Who may register.
    public let registration: RegistrationPolicy
    /// Whether an address must be proven before a session is opened.
    public let requiresVerifiedEmail: Bool
    /// The user who is made where there is none, without an address: that is the one that the provider proves.
    public let newUser: User
    /// The identity that is made where there is none.
    public let identityID: IdentityID
    /// The session to open, whose user is replaced by the one who is signed in; `nil` opens none.
    public let session: Session?
    /// The limit of sessions, where there is one.
    public let limit: SessionLimit?
    /// The session of the same browser, which the new one replaces.
    public let replacing: SessionID?
    /// The user whose second factors the caller has looked at, having found the user by ``ProviderStore/look(_:address:)``.
    public let factorsChecked: UserID?
    /// Whether that user has second factors, which forbid to link by an address.
    public let holderHasFactors: Bool

    /// Describes an arrival.
    public init(
        profile: ProviderProfile, provider: IdentityProvider, registration: RegistrationPolicy,
        requiresVerifiedEmail: Bool, newUser: User, identityID: IdentityID, session: Session?,
        limit: SessionLimit? = nil, replacing: SessionID? = nil, factorsChecked: UserID? = nil,
        holderHasFactors: Bool = false
    ) {
        self.profile = profile
        self.provider = provider
        self.registration = registration
        self.requiresVerifiedEmail = requiresVerifiedEmail
        self.newUser = newUser
        self.identityID = identityID
        self.session = session
        self.limit = limit
        self.replacing = replacing
        self.factorsChecked = factorsChecked
        self.holderHasFactors = holderHasFactors
    }
}

/// The outcome of an arrival.
public enum ProviderArrivalOutcome: Hashable, Sendable {
    /// Done: this is the user now, and this was done to the credentials; these sessions were evicted or replaced.
    case signedIn(User, BindingEffect, isNew: Bool, evicted: [SessionID])
    /// Nothing was written but the audit event.
    case refused(ProviderFlowError)
    /// The user has as many sessions as the limit allows.
    case limitReached
    /// It is about this user, whose second factors were not looked at: nothing was written, and the caller should begin again.
    case needsFactors(User)
}

/// Whom an arrival would be about.
public struct ProviderLook: Hashable, Sendable {
    /// The identity, where it is known.
    public let identity: Identity?
    /// The user of the identity.
    public let user: User?
    /// The user who has the address.
    public let holder: User?

    /// Gathers what was found.
    public init(identity: Identity?, user: User?, holder: User?) {
        self.identity = identity
        self.user = user
        self.holder = holder
    }
}

/// The outcome of linking an identity to a user.
public enum LinkOutcome: Hashable, Sendable {
    /// Done; this is the identity as stored.
    case linked(Identity)
    /// The user has it already; nothing was written.
    case alreadyYours
    /// Another user has it.
    case taken
    /// The session is unknown, has ended or expired, or its user may not hold one.
    case sessionOver
    /// The user has as many as there may be.
    case tooMany
}

/// The outcome of unlinking an identity.
public enum UnlinkOutcome: Hashable, Sendable {
    /// Done; this was the identity.
    case unlinked(Identity)
    /// The user has no such identity.
    case unknown
    /// The user could not sign in any more.
    case lastWayIn
}
