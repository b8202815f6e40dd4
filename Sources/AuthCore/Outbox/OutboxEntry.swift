// SPDX-License-Identifier: Apache-2.0

/// What must be delivered, as the transaction of its cause writes it.
///
/// It holds no secret: the text of a one-time token is made at delivery from ``OutboxToken`` and a key that the store does
/// not have.
public struct OutboxEntry: Hashable, Sendable {
    /// The user whom it concerns, whose entries of one lane and destination are delivered in order; `nil` for an entry
    /// without a user, which is independent of all others.
    public let userID: UserID?
    /// What it is delivered as.
    public let lane: OutboxLane
    /// The name of the subscription; empty for a mail.
    public let destination: String
    /// The name of the mail's template, or of the event.
    public let kind: String
    /// The address of a mail, as its owner spelt it.
    public let recipient: String?
    /// The one-time token that a mail carries.
    public let token: OutboxToken?
    /// Further values by name; no secret, and at most ``maximumDetailBytes`` in all.
    public let details: [String: String]
    /// The address of the client that caused it; `nil` for what an administrator has done for the user.
    public let source: String?
    /// The `User-Agent` of that client.
    public let userAgent: String?
    /// The request that caused it.
    public let requestID: String?
    /// When it was caused.
    public let createdAt: Timestamp
    /// After this instant no failed delivery is tried again.
    public let expiresAt: Timestamp

    /// How many octets the names and values of ``details`` have together.
    public static let maximumDetailBytes = 4_096

    /// Describes what is to be delivered because of an operation.
    ///
    /// - Parameters:
    ///   - lane: What it is delivered as.
    ///   - destination: The name of the subscription; empty for a mail.
    ///   - kind: The name of the template or event.
    ///   - userID: The user whom it concerns.
    ///   - recipient: The address of a mail.
    ///   - token: The one-time token that a mail carries.
    ///   - details: Further values; those that do not fit are left out, the last ones by name first.
    ///   - expiresAt: When the token in it expires, if it has one; delivery is tried for no longer than that, nor for longer than
    ///     ``OutboxSchedule/longestDelivery``.
    ///   - context: The circumstances of the operation.
    public init(
        _ lane: OutboxLane, destination: String = "", kind: String, about userID: UserID?, to recipient: String? = nil,
        token: OutboxToken? = nil, details: [String: String] = [:], expiresAt: Timestamp? = nil,
        in context: OperationContext
    ) {
        let latest = context.now + OutboxSchedule.longestDelivery
        let isOwn = context.actor == nil || context.actor == userID
        self.init(
            lane, destination: destination, kind: kind, userID: userID, recipient: recipient, token: token,
            details: Self.bounded(details), source: isOwn ? context.source : nil,
            userAgent: isOwn ? context.userAgent : nil,
            requestID: context.requestID, createdAt: context.now, expiresAt: expiresAt.map { min($0, latest) } ?? latest
        )
    }

    /// Describes an entry as stored.
    public init(
        _ lane: OutboxLane, destination: String, kind: String, userID: UserID?, recipient: String?,
        token: OutboxToken?, details: [String: String], source: String?, userAgent: String?, requestID: String?,
        createdAt: Timestamp, expiresAt: Timestamp
    ) {
        self.lane = lane
        self.destination = destination
        self.kind = kind
        self.userID = userID
        self.recipient = recipient
        self.token = token
        self.details = details
        self.source = source
        self.userAgent = userAgent
        self.requestID = requestID
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }

    /// The circumstances of the cause, at a later instant: for what the audit log says of the delivery.
    public func context(at now: Timestamp) -> OperationContext {
        OperationContext(
            now: now, source: source, sourceNetwork: source.flatMap { IPAddress($0)?.customerNetwork },
            userAgent: userAgent, requestID: requestID)
    }

    /// When and from where the cause was: what a mail says of it.
    ///
    /// An administrator's action for a user has no place.
    public var origin: ActionOrigin { ActionOrigin(context(at: createdAt), for: userID) }

    private static func bounded(_ details: [String: String]) -> [String: String] {
        var left = maximumDetailBytes
        var kept: [String: String] = [:]
        for (name, value) in details.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            left -= name.utf8.count + value.utf8.count
            guard left >= 0 else { break }
            kept[name] = value
        }
        return kept
    }
}

/// What the text of a one-time token is made from at delivery, as it is stored.
///
/// With a key that is derived from the root key it gives the text; without that key it gives nothing that can be redeemed.
public struct OutboxToken: Hashable, Sendable {
    /// The keyed digest that names the token among those of its user.
    public let digest: [UInt8]
    /// The random part of the text.
    public let content: [UInt8]

    /// Describes a token.
    public init(digest: [UInt8], content: [UInt8]) {
        self.digest = digest
        self.content = content
    }
}
