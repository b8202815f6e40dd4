// SPDX-License-Identifier: Apache-2.0

/// What an operation writes into the outbox besides what it does.
///
/// It is a part of each operation's context, so that the transaction that does something also writes who must hear of it.
public struct OutboxPolicy: Hashable, Sendable {
    /// The notices that are mailed to users who have an address.
    public let notices: Set<SecurityNotice>
    /// The names of the subscriptions, each of which gets every event.
    public let subscriptions: [String]

    /// Names what is written.
    public init(notices: Set<SecurityNotice>, subscriptions: [String] = []) {
        self.notices = notices
        self.subscriptions = subscriptions
    }

    /// Nothing is written.
    public static let none = OutboxPolicy(notices: [])
}
