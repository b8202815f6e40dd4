// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// The columns of a session, in the order in which statements name and read them.
enum SessionColumns {
    /// The columns that make a session.
    static let list = SQLColumns(
        """
        user_id, id, scope, authenticated_at_us, methods, assurance_level, client_id, profile, organization_id, source, \
        user_agent, created_at_us, not_after_us, idle_timeout_us, counter, rotated_at_us, late_replays, \
        rotations_since_replay, ended_at_us, end_reason
        """)

    /// What else a row has: when it is over, to ask and to sweep by.
    static let limits = SQLColumns("idle_until_us, over_on_day")

    /// What rotating and ending change, and the values in ``changedValues(_:)``.
    static let changed = SQLColumns(
        """
        counter, rotated_at_us, late_replays, rotations_since_replay, idle_until_us, ended_at_us, end_reason, \
        over_on_day
        """)

    /// The values of ``changed``.
    static func changedValues(_ session: Session) -> [SQLValue] {
        [
            .int64(session.rotation.counter), .time(session.rotation.rotatedAt),
            .int64(session.rotation.lateReplays), .int64(session.rotation.rotationsSinceReplay),
            .time(idleUntil(session)), .time(session.ended?.at), .optional(session.ended?.reason.rawValue),
            .int64(dayOfEnd(session)),
        ]
    }

    /// What proving again who the user is changes, and the values in ``provenValues(_:)``.
    static let proven = SQLColumns("authenticated_at_us, methods")

    /// The values of ``proven``.
    static func provenValues(_ session: Session) -> [SQLValue] {
        [.time(session.authenticatedAt), .text(text(of: session.methods))]
    }

    /// The session at a position of a row.
    static func session(in row: SQLRow, at first: Int = 0) throws(StoreError) -> Session {
        guard let scope = Scope(parsing: try row.text(first + 2)) else {
            throw .corrupt("a session's scope is not a valid one")
        }
        guard let methods = methods(from: try row.text(first + 4)) else {
            throw .corrupt("a session's methods are not readable")
        }
        var ended: Session.Ended?
        if let at = try row.optionalTime(first + 18) {
            guard let reason = SessionEnd(rawValue: try row.text(first + 19)) else {
                throw .corrupt("a session's end has no known reason")
            }
            ended = Session.Ended(at: at, reason: reason)
        }
        return Session(
            id: SessionID(try row.uuid(first + 1)), userID: UserID(try row.uuid(first)), scope: scope,
            authenticatedAt: try row.time(first + 3), methods: methods, assuranceLevel: try row.int64(first + 5),
            clientID: try row.optionalText(first + 6), profile: try row.text(first + 7),
            organizationID: try row.optionalUUID(first + 8).map { OrganizationID($0) },
            source: try row.optionalText(first + 9), userAgent: try row.optionalText(first + 10),
            createdAt: try row.time(first + 11), notAfter: try row.time(first + 12),
            idleTimeout: .microseconds(try row.int64(first + 13)),
            rotation: RefreshState(
                counter: try row.int64(first + 14), rotatedAt: try row.time(first + 15),
                lateReplays: try row.int64(first + 16), rotationsSinceReplay: try row.int64(first + 17)),
            ended: ended)
    }

    /// The values of ``list`` and ``limits``.
    static func values(_ session: Session) -> [SQLValue] {
        [
            .id(session.userID), .id(session.id), .text(session.scope.description), .time(session.authenticatedAt),
            .text(text(of: session.methods)), .int64(session.assuranceLevel), .optional(session.clientID),
            .text(session.profile), .id(session.organizationID), .optional(session.source),
            .optional(session.userAgent), .time(session.createdAt), .time(session.notAfter),
            .duration(session.idleTimeout), .int64(session.rotation.counter), .time(session.rotation.rotatedAt),
            .int64(session.rotation.lateReplays), .int64(session.rotation.rotationsSinceReplay),
            .time(session.ended?.at), .optional(session.ended?.reason.rawValue), .time(idleUntil(session)),
            .int64(dayOfEnd(session)),
        ]
    }

    /// When the session is over unless it is refreshed, apart from its absolute limit.
    static func idleUntil(_ session: Session) -> Timestamp {
        session.rotation.rotatedAt + session.idleTimeout
    }

    /// The day since the epoch, rounded toward it, on which the session is over; SQL computes the same when refreshing.
    static func dayOfEnd(_ session: Session) -> Int64 {
        day(of: session.ended?.at ?? session.expiresAt)
    }

    /// The day since the epoch, rounded toward it, of an instant.
    static func day(of instant: Timestamp) -> Int64 {
        instant.microseconds / microsecondsPerDay
    }

    private static let microsecondsPerDay: Int64 = 86_400_000_000

    /// JSON: a list of pairs of name and microseconds.
    static func text(of methods: [AuthenticationMethod]) -> String {
        var writer = JSONWriter(reservingCapacity: 32)
        writer.array { list in
            for method in methods {
                list.array { pair in
                    pair.string(method.name)
                    pair.integer(method.at.microseconds)
                }
            }
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// The methods that ``text(of:)`` wrote; `nil` for anything else.
    static func methods(from text: String) -> [AuthenticationMethod]? {
        guard case .array(let list)? = try? JSONReader.read(Array(text.utf8)) else { return nil }
        var methods: [AuthenticationMethod] = []
        for element in list {
            guard let pair = element.arrayValue, pair.count == 2, let name = pair[0].stringValue,
                let microseconds = pair[1].int64Value
            else { return nil }
            methods.append(AuthenticationMethod(name: name, at: Timestamp(microseconds: microseconds)))
        }
        return methods
    }
}
