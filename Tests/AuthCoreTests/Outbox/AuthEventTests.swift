// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Events") struct AuthEventTests {
    private static let user = UserID(UUIDv7(high: 1, low: 1))
    private static let session = SessionID(UUIDv7(high: 2, low: 2))

    private func row(
        _ kind: String, lane: OutboxLane = .event, about user: UserID? = user, details: [String: String] = [:]
    ) -> OutboxRow {
        let context = OperationContext(now: Timestamp(seconds: 9))
        return OutboxRow(number: 7, OutboxEntry(lane, kind: kind, about: user, details: details, in: context))
    }

    @Test(
        "sessions that ended are read as they were written",
        arguments: [AuthEvent.Sessions.all, .one(session), .allBut(session)])
    func sessions(_ sessions: AuthEvent.Sessions) {
        let event = AuthEvent(row("sessions_ended", details: sessions.details))

        #expect(
            event
                == AuthEvent(
                    id: 7, kind: .sessionsEnded, userID: Self.user, sessions: sessions, at: Timestamp(seconds: 9)))
    }

    @Test("only an event of sessions has sessions", arguments: AuthEvent.Kind.allCases)
    func kinds(_ kind: AuthEvent.Kind) {
        let event = AuthEvent(row(kind.rawValue, details: ["session": Self.session.description]))

        #expect(event?.kind == kind)
        #expect((event?.sessions != nil) == (kind == .sessionsEnded))
    }

    @Test("a row of a mail, of no user or of an unknown kind is no event")
    func others() {
        #expect(AuthEvent(row("user_created", lane: .mail)) == nil)
        #expect(AuthEvent(row("user_created", about: nil)) == nil)
        #expect(AuthEvent(row("user_promoted")) == nil)
    }
}
