// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Which events of the audit log to list.
///
/// Every condition that is given must hold.
public struct AuditQuery: Hashable, Sendable {
    /// Only what happened like this.
    public var action: AuditAction?
    /// Only what this user asked for.
    public var actor: UserID?
    /// Only what concerns this user.
    public var target: UserID?
    /// Only what was done, or what was refused.
    public var wasDone: Bool?
    /// Only what happened then or later.
    public var from: Timestamp?
    /// Only what happened before.
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

    /// Whether an event is one of those asked for.
    package func matches(_ stored: StoredAuditEvent) -> Bool {
        let event = stored.event
        return (action.map { $0 == event.action } ?? true) && (actor.map { $0 == event.actor } ?? true)
            && (target.map { $0 == event.target } ?? true) && (wasDone.map { $0 == (event.refusal == nil) } ?? true)
            && (from.map { event.at >= $0 } ?? true) && (until.map { event.at < $0 } ?? true)
            && stored.cursor < before ?? .max
    }
}
