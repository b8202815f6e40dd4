// SPDX-License-Identifier: Apache-2.0

/// What a client asks to be mailed.
///
/// The raw value is stored.
public enum MailRequestKind: String, Hashable, Sendable, CaseIterable {
    /// A way to set a new password.
    case passwordReset = "password_reset"
    /// A way to verify an address.
    case emailVerification = "email_verification"
    /// A way to sign in.
    case signIn = "sign_in"
    /// A way to make a browser known while sign-ins from new devices are refused.
    case unlock = "unlock"
    /// A registration where registration is private.
    case registration = "registration"
    /// Another address.
    case addressChange = "address_change"
    /// A mail of Supabase's API; which one is in the details.
    case supabase

    /// The purpose of the token that is mailed.
    public var purpose: OneTimeTokenPurpose {
        switch self {
        case .passwordReset: .passwordReset
        case .emailVerification, .registration: .emailVerification
        case .signIn: .signIn
        case .unlock: .unlock
        case .addressChange: .addressChange
        case .supabase: .supabase
        }
    }
}

/// A request about an address, as a row of fixed form that is written before the answer: nothing was looked up for it.
public struct MailRequest: Hashable, Sendable {
    /// What is asked for.
    public let kind: MailRequestKind
    /// The flow that the answer has given the handle of.
    public let flow: FlowID
    /// The address, as it was typed.
    public let address: String
    /// The user who asks with a session; `nil` for a client that names an address alone.
    public let userID: UserID?
    /// Whom the quota of waiting requests counts it against: a network, or a user.
    public let holder: String
    /// The class of that quota.
    public let standing: MailStanding
    /// Further values by name: the fields of a registration, the user of a known device.
    public let details: [String: String]
    /// The circumstances of the request.
    public let source: String?
    /// The `User-Agent` of the client.
    public let userAgent: String?
    /// The request's id.
    public let requestID: String?
    /// When it was made.
    public let createdAt: Timestamp

    /// Describes a request.
    public init(
        _ kind: MailRequestKind, flow: FlowID, address: String, userID: UserID? = nil, holder: String,
        standing: MailStanding, details: [String: String] = [:], source: String?, userAgent: String?,
        requestID: String?, createdAt: Timestamp
    ) {
        self.kind = kind
        self.flow = flow
        self.address = address
        self.userID = userID
        self.holder = holder
        self.standing = standing
        self.details = details
        self.source = source
        self.userAgent = userAgent
        self.requestID = requestID
        self.createdAt = createdAt
    }

    /// The circumstances of the request at a later instant.
    public func context(at now: Timestamp) -> OperationContext {
        OperationContext(
            now: now, actor: userID, source: source, sourceNetwork: source.flatMap { IPAddress($0)?.customerNetwork },
            userAgent: userAgent, requestID: requestID)
    }
}

/// A request that waits, or that a process has in hand.
public struct WaitingMailRequest: Hashable, Sendable {
    /// The number, which no other request has or had.
    public let number: Int64
    /// The request.
    public let request: MailRequest
    /// How often it was taken in hand.
    public let attempts: Int64

    /// Describes a row.
    public init(number: Int64, request: MailRequest, attempts: Int64) {
        self.number = number
        self.request = request
        self.attempts = attempts
    }

    /// How often a request is tried before it is given up, which is audited.
    public static let attemptsAllowed: Int64 = 8

    /// How long it waits after a try that failed: 2, 4, 8 … seconds.
    public var pause: Duration { .seconds(1) * (1 << min(max(attempts, 1), 6)) }
}

/// How many requests may wait.
public struct MailRequestQuota: Hashable, Sendable {
    /// Of one holder.
    public let perHolder: Int
    /// Of one standing.
    public let perStanding: Int

    /// Sets a quota.
    public init(perHolder: Int = 20, perStanding: Int = 20_000) {
        self.perHolder = perHolder
        self.perStanding = perStanding
    }
}
