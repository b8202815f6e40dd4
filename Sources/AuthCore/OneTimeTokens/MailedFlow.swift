// SPDX-License-Identifier: Apache-2.0

/// A mailed action from its request to its end: what belongs to the link and the code of one mail.
///
/// It is there whether or not a user has the address, and whether or not a mail was sent, so that a wrong code costs the same
/// and gets the same answer in each case.
public struct MailedFlow: Hashable, Sendable {
    /// What names it: the digest of the handle that the answer to the request gave out.
    public let id: FlowID
    /// What it may be completed for.
    public let purpose: OneTimeTokenPurpose
    /// The address that a mail goes to, as it was typed.
    public let recipient: String
    /// The one-time token that completing it redeems; `nil` where no mail was sent.
    public let token: OneTimeTokenKey?
    /// The generation of the credential that the client had shown when it asked: the password that a registration set, a
    /// session or a right password; `nil` for a client that had shown none.
    public let shown: CredentialGeneration?
    /// The keyed digest of the code, 32 octets; one that no code has where no mail was sent.
    public let codeDigest: [UInt8]
    /// How many wrong codes were typed.
    public var wrongCodes: Int64
    /// From when on the code is rejected.
    public let codeExpiresAt: Timestamp
    /// From when on the link is rejected.
    public var expiresAt: Timestamp
    /// When the mail was written that counts for the installation's budget; `nil` where none was.
    public let mailedAt: Timestamp?
    /// When it was completed or voided.
    public var endedAt: Timestamp?
    /// The address of the client that asked; `nil` where an administrator or a command did.
    public let source: String?
    /// The `User-Agent` of that client.
    public let userAgent: String?
    /// When it was asked for.
    public let createdAt: Timestamp
    /// What is particular to a mail of Supabase's API; `nil` for every other mail.
    public let supabase: SupabaseMail?

    /// How long a code is valid: shorter than any link.
    public static let codeLifetime = Duration.seconds(600)
    /// How many wrong codes void the code of a flow, and never its link.
    public static let wrongCodesAllowed: Int64 = 5
    /// For how long a flow is kept, counted from its request: as long as it counts for the installation's budget.
    public static let retention = Duration.seconds(86_400)

    /// Describes a flow.
    public init(
        id: FlowID, purpose: OneTimeTokenPurpose, recipient: String, token: OneTimeTokenKey?,
        shown: CredentialGeneration?, codeDigest: [UInt8], wrongCodes: Int64 = 0, codeExpiresAt: Timestamp,
        expiresAt: Timestamp, mailedAt: Timestamp?, endedAt: Timestamp? = nil, source: String?, userAgent: String?,
        createdAt: Timestamp, supabase: SupabaseMail? = nil
    ) {
        self.id = id
        self.purpose = purpose
        self.recipient = recipient
        self.token = token
        self.shown = shown
        self.codeDigest = codeDigest
        self.wrongCodes = wrongCodes
        self.codeExpiresAt = codeExpiresAt
        self.expiresAt = expiresAt
        self.mailedAt = mailedAt
        self.endedAt = endedAt
        self.source = source
        self.userAgent = userAgent
        self.createdAt = createdAt
        self.supabase = supabase
    }

    /// The flow as it is stored where its mail is not sent: nothing completes it, and it counts for no budget.
    public var unsent: MailedFlow {
        MailedFlow(
            id: id, purpose: purpose, recipient: recipient, token: nil, shown: shown, codeDigest: codeDigest,
            wrongCodes: wrongCodes, codeExpiresAt: codeExpiresAt, expiresAt: expiresAt, mailedAt: nil, endedAt: endedAt,
            source: source, userAgent: userAgent, createdAt: createdAt)
    }

    /// How many wrong codes may still be typed after one more at `now`; `nil` where no code can be typed.
    public func triesLeft(afterOneMoreAt now: Timestamp) -> Int64? {
        acceptsCode(at: now) ? Self.wrongCodesAllowed - wrongCodes - 1 : nil
    }

    /// When the row may be deleted.
    public var keptUntil: Timestamp { max(expiresAt, createdAt + Self.retention) }

    /// Whether it can still be completed by its link.
    public func isOpen(at now: Timestamp) -> Bool {
        endedAt == nil && now < expiresAt
    }

    /// Whether a code can still be typed.
    public func acceptsCode(at now: Timestamp) -> Bool {
        isOpen(at: now) && now < codeExpiresAt && wrongCodes < Self.wrongCodesAllowed
    }

    /// Whether one of these digests is that of the code, and the code may still be typed.
    ///
    /// The digests are keyed, so that comparing them tells nothing.
    public func accepts(_ typed: [[UInt8]], at now: Timestamp) -> Bool {
        acceptsCode(at: now) && typed.contains(codeDigest)
    }

    /// When, and from where, it was asked for.
    public var origin: ActionOrigin {
        ActionOrigin(
            at: createdAt,
            from: SignInPlace(
                source: source, sourceNetwork: source.flatMap { IPAddress($0)?.customerNetwork }, userAgent: userAgent))
    }
}
