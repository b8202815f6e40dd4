// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// S3 to S5: refreshing.
enum RefreshChecks {
    static let all: [StoreCheck] = [
        StoreCheck("S3", "of two hundred concurrent refreshes with one token, one rotates it", on: oneSuccessor),
        StoreCheck("S3", "a session expires at its limits, not before", on: limits),
        StoreCheck("S3", "a superseded token gets the same successor until the grace time is over", on: grace),
        StoreCheck("S3", "a late replay never reverts a rotation", on: lateAnswerDuringRotation),
        StoreCheck("S3", "a refresh returns the user's current record", on: currentUser),
        StoreCheck("S3", "a user who may not sign in cannot refresh", on: disabledUser),
        StoreCheck("S3", "limits at the ends of time do not overflow", on: endsOfTime),
        StoreCheck("S4", "a rotation writes neither the audit log nor the feed", on: silentRotation),
        StoreCheck("S5", "reuse revokes the session, is in the feed and audited", on: reuse),
        StoreCheck("S5", "without a grace time, every second use is reuse", on: strictReuse),
        StoreCheck("S5", "of concurrent reuses, one revokes the session", on: reuseTogether),
    ]

    private static func oneSuccessor(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let session = try await test.open(1, of: ada)
        for round in 0..<3 as Range<Int64> {
            let outcomes = try await concurrently(round == 0 ? 200 : 20) { _ in
                try await test.refresh(session, round, at: 10 * round)
            }
            var counts: [RefreshAcceptance: Int] = [:]
            for outcome in outcomes {
                guard case .accepted(let moved, let user, let acceptance) = outcome else {
                    throw ConformanceFailure(message: "one was answered \(outcome)", location: #fileID)
                }
                counts[acceptance, default: 0] += 1
                try requireEqual(moved.rotation.counter, round + 1, "the counter of the successor")
                try requireEqual(user.id, ada.id, "the user")
            }
            try requireEqual(counts, [.rotated: 1, .replayed: outcomes.count - 1], "the answers")
        }
        let stored = try await test.store.session(session.id, of: session.userID)
        try requireEqual(
            stored?.rotation, RefreshState(counter: 3, rotatedAt: test.context(20).now), "the session's state")
    }

    private static func limits(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let now = StoreUnderTest.start
        for (number, (notAfter, idle)) in [(100, 1_000), (1_000, 100), (100, 100)].enumerated() {
            for offset in [-1, 0, 1] {
                let session = Session(
                    id: SessionID(StoreUnderTest.uuid(20_000 + number * 3 + offset)), userID: ada.id, scope: .none,
                    authenticatedAt: now, methods: [], createdAt: now, notAfter: now + .seconds(notAfter),
                    idleTimeout: .seconds(idle), rotation: RefreshState(rotatedAt: now))
                _ = try await test.store.openSession(session, expecting: .first, context: test.context()).outcome
                let presented = RefreshPresentation(
                    sessionID: session.id, userID: ada.id, counter: 0, grace: .seconds(10))
                let outcome = try await test.store.refresh(
                    presented, context: OperationContext(now: now + .seconds(100) + .microseconds(offset))
                ).outcome
                if offset < 0 {
                    guard case .accepted(_, _, .rotated) = outcome else {
                        throw ConformanceFailure(message: "just before: \(outcome)", location: #fileID)
                    }
                } else {
                    try requireEqual(outcome, .refused(.expired), "the answer at \(offset) µs")
                }
            }
        }
    }

    private static func grace(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let session = try await test.open(1, of: ada)
        _ = try await test.refresh(session, 0, at: 100)
        let presented = RefreshPresentation(
            sessionID: session.id, userID: ada.id, counter: 0, grace: .seconds(10))
        let expected: [(Int, RefreshAcceptance)] = [
            (-1, .replayed), (0, .replayedLate), (1, .replayedLate), (2, .replayedLate),
        ]
        for (offset, acceptance) in expected {
            let now = test.context(110).now + .microseconds(offset)
            let outcome = try await test.store.refresh(presented, context: OperationContext(now: now)).outcome
            guard case .accepted(let answered, _, acceptance) = outcome else {
                throw ConformanceFailure(message: "at \(offset) µs: \(outcome)", location: #fileID)
            }
            try requireEqual(answered.rotation.counter, 1, "the counter of the successor")
            try requireEqual(
                try await test.store.session(session.id, of: session.userID), answered, "the session that is stored")
        }
        let late = try await test.audit().count { $0.action == .refreshReplayedLate }
        try requireEqual(late, 3, "the audit events")
        let outcome = try await test.store.refresh(presented, context: test.context(111)).outcome
        try requireEqual(outcome, .refused(.reused), "the fourth late answer")
    }

    private static func lateAnswerDuringRotation(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        for round in 0..<40 {
            let session = try await test.open(round, of: ada)
            _ = try await test.refresh(session, 0, at: 0)
            let outcomes = try await concurrently(3) { number in
                guard number == 2 else { return try await test.refresh(session, 0, at: 100) }
                // The current token is presented at different times while the one before it is being decided on.
                for _ in 0..<round % 6 { _ = try await test.store.session(session.id, of: session.userID) }
                return try await test.refresh(session, 1, at: 100)
            }
            let counters = outcomes.compactMap { outcome -> Int64? in
                guard case .accepted(let moved, _, _) = outcome else { return nil }
                return moved.rotation.counter
            }
            let stored = try requireValue(try await test.store.session(session.id, of: session.userID))
            try requireEqual(stored.rotation.counter, counters.max() ?? 1, "the counter in round \(round)")
        }
    }

    private static func currentUser(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let session = try await test.open(1, of: ada)
        let change = ProfileChange(fullName: try FullName("Ada"), userMetadata: try MetadataPatch(["a": 1]))
        _ = try await test.store.changeProfile(of: ada.id, by: change, context: test.context(1)).outcome
        _ = try await test.store.perform(.setRole(.guest), on: ada.id, context: test.context(2)).outcome
        let grant = AdministrativeAction.changePermissions(.grant("notes:write"))
        _ = try await test.store.perform(grant, on: ada.id, context: test.context(3)).outcome
        let stored = try await test.stored(ada)
        for (counter, seconds) in [(0, 10), (0, 11), (1, 30)] as [(Int64, Int64)] {
            guard case .accepted(let moved, let user, _) = try await test.refresh(session, counter, at: seconds)
            else { throw ConformanceFailure(message: "the token is refused", location: #fileID) }
            try requireEqual(user.inFull, stored.inFull, "the user")
            try requireEqual(try await test.store.session(session.id, of: session.userID), moved, "the session")
        }
    }

    private static func disabledUser(_ test: StoreUnderTest) async throws {
        var banned = try test.draft("ada", 1)
        banned.bannedUntil = test.context(100).now
        _ = try await test.store.createUser(
            banned, passwordHash: nil, action: .userCreated, context: test.context())
        let session = test.session(1, of: banned)
        _ = try await test.store.openSession(session, expecting: .first, context: test.context(100)).outcome
        // A clock that is set back makes the ban effective again.
        try requireEqual(try await test.refresh(session, 0, at: 99), .refused(.userDisabled))
        try requireEqual(try await test.store.session(session.id, of: session.userID), session, "the session")
        try require(try await !test.audit().contains { $0.action == .refreshRefused }, "the store audited the refusal")
        guard case .accepted = try await test.refresh(session, 0, at: 100) else {
            throw ConformanceFailure(message: "the ban does not end", location: #fileID)
        }
    }

    private static func endsOfTime(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let ends: [(Int64, Timestamp, Duration)] = [
            (0, Timestamp(microseconds: .max), .microseconds(Int64.max)),
            (0, Timestamp(microseconds: .max), .microseconds(Int64.max / 2 + 1)),
            (0, Timestamp(microseconds: .max), .microseconds(Int64.max / 2)),
            (.max, Timestamp(microseconds: .max), .seconds(10)),
            (.max - 1, Timestamp(microseconds: .max), .seconds(10)),
        ]
        for (number, (counter, notAfter, idle)) in ends.enumerated() {
            let session = Session(
                id: SessionID(StoreUnderTest.uuid(number)), userID: ada.id, scope: .none,
                authenticatedAt: ada.createdAt, methods: [], createdAt: ada.createdAt, notAfter: notAfter,
                idleTimeout: idle, rotation: RefreshState(counter: counter, rotatedAt: ada.createdAt))
            _ = try await test.store.openSession(session, expecting: .first, context: test.context()).outcome
            guard
                case .accepted(let moved, _, .rotated) = try await test.refresh(session, counter, at: 5)
            else { throw ConformanceFailure(message: "end \(number) is refused", location: #fileID) }
            try requireEqual(moved.rotation.counter, counter == .max ? .max : counter + 1, "the counter")
            try requireEqual(try await test.store.session(session.id, of: session.userID), moved, "the session")
        }
    }

    private static func silentRotation(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let session = try await test.open(1, of: ada)
        let before = try await test.stored(ada)
        let events = try await test.audit().count
        for counter in 0..<5 as Range<Int64> {
            _ = try await test.refresh(session, counter, at: counter * 100)
            _ = try await test.refresh(session, counter, at: counter * 100 + 9)
        }
        try requireEqual(try await test.audit().count, events, "the length of the audit log")
        try requireEqual(try await test.feed(), [], "the feed")
        try requireEqual(try await test.stored(ada).inFull, before.inFull, "the user")
    }

    private static func reuse(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let session = try await test.open(1, of: ada)
        let other = try await test.open(2, of: ada)
        _ = try await test.refresh(session, 0, at: 10)
        _ = try await test.refresh(session, 1, at: 11)

        let outcome = try await test.refresh(session, 0, at: 12)

        try requireEqual(outcome, .refused(.reused))
        let ended = try await test.store.session(session.id, of: session.userID)?.ended
        try requireEqual(ended, Session.Ended(at: test.context(12).now, reason: .refreshReused), "the end")
        try requireEqual(try await test.feed(), [.sessionEnded(session.id, userID: ada.id)], "the feed")
        let event = try requireValue(try await test.audit().last)
        try requireEqual(event.action, .refreshReused, "the audit event")
        try requireEqual([event.sessionID], [session.id], "its session")
        for counter in [0, 1, 2, 3] as [Int64] {
            try requireEqual(
                try await test.refresh(session, counter, at: 13), .refused(.ended(.refreshReused)), "any token after")
        }
        try requireEqual(try await test.liveSessions(of: ada, at: 13), [other.id], "the sessions alive")
    }

    private static func strictReuse(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let session = try await test.open(1, of: ada)
        let outcomes = try await concurrently(10) { _ in try await test.refresh(session, 0, at: 1, grace: .zero) }
        let accepted = outcomes.count {
            if case .accepted = $0 { true } else { false }
        }
        try requireEqual(accepted, 1, "how many were accepted")
        try requireEqual(outcomes.count { $0 == .refused(.reused) }, 1, "how many were reuse")
        try requireEqual(outcomes.count { $0 == .refused(.ended(.refreshReused)) }, 8, "how many were too late")
    }

    private static func reuseTogether(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let session = try await test.open(1, of: ada)
        for counter in 0..<3 as Range<Int64> { _ = try await test.refresh(session, counter, at: 1) }
        let outcomes = try await concurrently(12) { _ in try await test.refresh(session, 0, at: 2) }
        try requireEqual(outcomes.count { $0 == .refused(.reused) }, 1, "how many ended it")
        try requireEqual(try await test.feed().count, 1, "the length of the feed")
        try requireEqual(try await test.audit().count { $0.action == .refreshReused }, 1, "the audit events")
    }
}
