// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Which events of the audit log to list.
///
/// Every condition that is given must hold.
public struct AuditQuery: Hashable, Sendable {
    /// Only events with this action.
    public var action: AuditAction?
    /// Only events that this user caused.
    public var actor: UserID?
    /// Only events that concern this user.
    public var target: UserID?
    /// Only completed actions (true), or only rejections (false).
    public var wasDone: Bool?
    /// Only events at this instant or later.
    public var from: Timestamp?
    /// Only events before this instant.
    public var until: Timestamp?
    /// Only events before this cursor.
    public var before: Int64?
    /// How many events at most.
    public var limit: Int

    /// Describes a page; the defaults give the last twenty events.
    public init(
        action: AuditAction? = nil, actor: UserID? = nil, target: UserID? = nil, wasDone: Bool? = nil,
        from: Timestamp? = nil, until: Timestamp? = nil, before: Int64? = nil, limit: Int = 20
    ) {
        self.action = action
        self.actor = actor
        self.target = target
        self.wasDone = wasDone
        self.from = from
        self.until = until
        self.before = before
        self.limit = max(limit, 0)
    }

    /// Whether an event matches every condition.
    package func matches(_ stored: StoredAuditEvent) -> Bool {
        let event = stored.event
        return (action.map { $0 == event.action } ?? true) && (actor.map { $0 == event.actor } ?? true)
            && (target.map { $0 == event.target } ?? true) && (wasDone.map { $0 == (event.refusal == nil) } ?? true)
            && (from.map { event.at >= $0 } ?? true) && (until.map { event.at < $0 } ?? true)
            && stored.cursor < before ?? .max
    }
}
