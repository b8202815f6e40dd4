// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// A budget of this API: what names it, and how much it allows.
public struct SupabaseBudget: Hashable, Sendable {
    /// A keyed digest of what it is for, 32 octets.
    public let key: [UInt8]
    /// How many in an hour and in a day.
    public let rule: MailBudget.Rule

    /// Names a budget.
    public init(key: [UInt8], rule: MailBudget.Rule) {
        self.key = key
        self.rule = rule
    }

    /// How many wrong codes may be typed for one address.
    public static let codesPerAddress = MailBudget.Rule(perHour: 10, perDay: 30)
    /// How many wrong codes may be typed for one address from one source.
    public static let codesPerSource = MailBudget.Rule(perHour: 5, perDay: 10)
}

/// What a client shows of a mail of this API.
public enum SupabasePresented: Hashable, Sendable {
    /// The token of the link.
    case link(OneTimeTokenKey)
    /// The code that was mailed to a canonical address, as its digests under the current key and earlier ones, and the budgets that a
    /// wrong one is taken from.
    case code(address: String, digests: [[UInt8]], budgets: [SupabaseBudget])
}

/// The credentials that a live session stands for; they count for its own user alone.
public struct SupabaseShowing: Hashable, Sendable {
    /// Whose session it is.
    public let userID: UserID
    /// The generation of that user's credentials.
    public let generation: CredentialGeneration

    /// Describes what is shown.
    public init(userID: UserID, generation: CredentialGeneration) {
        self.userID = userID
        self.generation = generation
    }
}

/// What a redeemed mail opens.
public enum SupabaseOpening: Hashable, Sendable {
    /// A session; its user and its methods are replaced.
    case session(Session)
    /// A code for one, of which the client that asked has the verifier; its generation is what the flow had shown.
    case code(digest: [UInt8], binds: Bool)
}

/// The mails that are written together.
public struct SupabaseMailOrder: Hashable, Sendable {
    /// One, or two for a change of address; all of one user.
    public let mails: [MailedToken]
    /// The address that the user asks for with them.
    public let asking: EmailAddress?

    /// Describes an order.
    public init(mails: [MailedToken], asking: EmailAddress?) {
        self.mails = mails
        self.asking = asking
    }
}

/// What a user changes.
public struct SupabaseOwnChange: Hashable, Sendable {
    /// What becomes of the address.
    public enum Email: Hashable, Sendable {
        /// It is replaced at once, and counts as unproven.
        case now(EmailAddress, undo: AddressUndoOffer?)
        /// It is asked for by mail.
        case pending(SupabaseMailOrder, under: MailTerms)
    }

    /// A new password and the hash that it was decided on.
    public struct NewPassword: Hashable, Sendable {
        /// The hash that was stored; `nil` for none.
        public let expected: StoredPasswordHash?
        /// The hash of the new password.
        public let new: StoredPasswordHash

        /// Describes a replacement.
        public init(expected: StoredPasswordHash?, new: StoredPasswordHash) {
            self.expected = expected
            self.new = new
        }
    }

    /// A code that was mailed to prove again who the user is.
    public struct Nonce: Hashable, Sendable {
        /// Its digests under the current key and earlier ones.
        public let digests: [[UInt8]]
        /// What a wrong one is taken from.
        public let budgets: [SupabaseBudget]

        /// Describes a code.
        public init(digests: [[UInt8]], budgets: [SupabaseBudget]) {
            self.digests = digests
            self.budgets = budgets
        }
    }

    /// The session in which the user changes it.
    public let session: SessionID
    /// What changes of the metadata that users write.
    public let data: MetadataPatch?
    /// The new password.
    public let password: NewPassword?
    /// The new address.
    public let email: Email?
    /// The mailed code.
    public let nonce: Nonce?
    /// Whether the current password was checked.
    public let isProven: Bool
    /// Whether the change needs a proof.
    public let needsProof: Bool
    /// How recent a proof must be.
    public let recent: RecentProof
    /// For how long a session that a recovery opened counts as one.
    public let recovery: Duration

    /// Describes a change.
    public init(
        session: SessionID, data: MetadataPatch? = nil, password: NewPassword? = nil, email: Email? = nil,
        nonce: Nonce? = nil, isProven: Bool, needsProof: Bool, recent: RecentProof, recovery: Duration
    ) {
        self.session = session
        self.data = data
        self.password = password
        self.email = email
        self.nonce = nonce
        self.isProven = isProven
        self.needsProof = needsProof
        self.recent = recent
        self.recovery = recovery
    }
}

/// What an administrator changes of a user.
public struct SupabaseAdminUpdate: Hashable, Sendable {
    /// What becomes of a ban.
    public enum Ban: Hashable, Sendable {
        /// The user is banned until then.
        case until(Timestamp)
        /// The user is not banned any more.
        case lifted
    }

    /// The new address.
    public let email: EmailAddress?
    /// Whether the address that the user then has counts as verified.
    public let confirmsEmail: Bool
    /// The hash of the new password.
    public let password: StoredPasswordHash?
    /// What changes of the metadata that the operator's services write.
    public let appMetadata: MetadataPatch?
    /// What changes of the metadata that users write.
    public let userMetadata: MetadataPatch?
    /// What becomes of a ban.
    public let ban: Ban?
    /// Whether users with administrative power may be changed.
    public let managesAdmins: Bool
    /// What is offered where the address changes.
    public let undo: AddressUndoOffer

    /// Describes a change.
    public init(
        email: EmailAddress? = nil, confirmsEmail: Bool = false, password: StoredPasswordHash? = nil,
        appMetadata: MetadataPatch? = nil, userMetadata: MetadataPatch? = nil, ban: Ban? = nil, managesAdmins: Bool,
        undo: AddressUndoOffer
    ) {
        self.email = email
        self.confirmsEmail = confirmsEmail
        self.password = password
        self.appMetadata = appMetadata
        self.userMetadata = userMetadata
        self.ban = ban
        self.managesAdmins = managesAdmins
        self.undo = undo
    }
}
