// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// F1 to F3: reading the writes of other processes.
enum ChangeFeedChecks {
    static let all: [StoreCheck] = [
        StoreCheck("F1", "a snapshot and the entries after its cursor are complete", on: snapshotAndTail),
        StoreCheck("F1", "a snapshot has the entries written since an instant", on: snapshotSince),
        StoreCheck("F2", "no entry appears behind one that was read", on: order),
        StoreCheck("F2", "pages of entries follow each other", on: pages),
        StoreCheck("F2", "cursors begin at 1 and have no gap, whatever fails in between", on: density),
        StoreCheck("F2", "a signal follows a change", on: signals),
        StoreCheck("F3", "the entry at a place proves it, and no entry needs to follow", on: provenPlaces),
        StoreCheck("F3", "a place whose entry was deleted is of another history", on: deletedEntries),
        StoreCheck("F3", "a place whose entry was replaced is of another history", on: replacedEntries),
        StoreCheck(
            "F3", "a place beyond the end stays of another history when the feed has grown past it", on: cutFeed),
        StoreCheck("F3", "every place but the start is of another history than an empty feed", on: emptyFeed),
    ]

    private static func snapshotAndTail(_ test: StoreUnderTest) async throws {
        let users = try await concurrently(8) { try await test.make("user\($0)", $0) }
        let (_, snapshots) = try await both(
            {
                try await concurrently(8) { number in
                    for round in 1...4 {
                        _ = try await test.store.endSessions(
                            of: users[number].id, except: nil, reason: .revoked, context: test.context(Int64(round))
                        ).outcome
                    }
                }
            },
            {
                var snapshots: [ChangeSnapshot] = []
                for _ in 0..<12 { snapshots.append(try await test.store.changeSnapshot(since: StoreUnderTest.start)) }
                return snapshots
            })
        let all = try await test.continued(after: .start)
        try requireEqual(all.count, 32, "the length of the feed")
        for snapshot in snapshots {
            let later = try await test.continued(after: snapshot.place)
            try requireEqual(
                Set(snapshot.changes).union(later), Set(all),
                "the snapshot at \(snapshot.place.cursor) and what followed")
        }
    }

    private static func snapshotSince(_ test: StoreUnderTest) async throws {
        let empty = try await test.store.changeSnapshot(since: Timestamp(microseconds: .min))
        try requireEqual(empty, ChangeSnapshot(place: .start, changes: []))
        let ada = try await test.make("ada", 1)
        for seconds in [10, 20, 30] as [Int64] {
            _ = try await test.store.endSessions(
                of: ada.id, except: nil, reason: .revoked, context: test.context(seconds)
            ).outcome
        }
        let all = try await test.continued(after: .start)
        for (offset, count) in [(-1, 2), (0, 2), (1, 1)] {
            let snapshot = try await test.store.changeSnapshot(
                since: test.context(20).now + .microseconds(offset))
            try requireEqual(snapshot.place, all.last?.place, "the place")
            try requireEqual(snapshot.changes, Array(all.suffix(count)), "the entries since then")
        }
    }

    private static func order(_ test: StoreUnderTest) async throws {
        let users = try await concurrently(10) { number in
            let user = try await test.make("user\(number)", number)
            for session in 0..<3 { try await test.open(number * 10 + session, of: user) }
            return user
        }
        let (_, read) = try await both(
            {
                try await concurrently(10) { number in
                    let user = users[number]
                    let context = test.context(1)
                    _ = try await test.store.changeProfile(
                        of: user.id, by: ProfileChange(userMetadata: try MetadataPatch(["n": 1])), context: context
                    ).outcome
                    _ = try await test.store.endSession(
                        test.session(number * 10, of: user).id, of: user.id, reason: .signedOut, context: context
                    ).outcome
                    _ = try await test.store.endSessions(
                        of: user.id, except: test.session(number * 10 + 1, of: user).id, reason: .revoked,
                        context: context
                    ).outcome
                    _ = try await test.store.perform(.setRole(.guest), on: user.id, context: context).outcome
                    _ = try await test.store.perform(.delete, on: user.id, context: context).outcome
                }
            },
            {
                var read: [StoreChange] = []
                for _ in 0..<200 {
                    read += try await test.continued(after: read.last?.place ?? .start, limit: 4)
                }
                return read
            })
        let rest = try await test.continued(after: read.last?.place ?? .start)
        let all = try await test.continued(after: .start)
        try requireEqual(read + rest, all, "what a reader saw")
        try requireEqual(all.map(\.cursor), all.indices.map { Int64($0) + 1 }, "the cursors in order")
        for user in users {
            let about = all.map(\.kind).filter { kind in
                switch kind {
                case .sessionEnded(_, let id), .epochRaised(let id, _), .userChanged(let id), .userDeleted(let id):
                    id == user.id
                case .keysChanged, .rolesChanged, .roleNarrowed: false
                }
            }
            try requireEqual(about.last, .userDeleted(user.id), "the last entry about a user")
        }
    }

    private static func pages(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        for seconds in 1...7 as ClosedRange<Int64> {
            _ = try await test.store.endSessions(
                of: ada.id, except: nil, reason: .revoked, context: test.context(seconds)
            ).outcome
        }
        var read: [StoreChange] = []
        while true {
            let page = try await test.continued(after: read.last?.place ?? .start, limit: 3)
            guard !page.isEmpty else { break }
            try require(page.count <= 3 && read.count < 10, "the page has \(page.count) entries")
            read += page
        }
        try requireEqual(read.map(\.kind), (1...7).map { .epochRaised(ada.id, test.epoch($0)) }, "the entries")
        try requireEqual(read.map(\.at), (1...7).map { test.context($0).now }, "their times")
    }

    private static func density(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let session = try await test.open(1, of: ada)
        for round in 1...3 as ClosedRange<Int64> {
            _ = try await test.store.changeProfile(
                of: ada.id, by: ProfileChange(userMetadata: try MetadataPatch(["n": .number(JSONNumber(round))])),
                context: test.context(round)
            ).outcome
            // It would append, and fails because there is a session of this id.
            let replacement = PasswordReplacement(
                expected: StoreUnderTest.hash(), new: StoreUnderTest.hash("second"), session: session)
            do throws(StoreError) {
                _ = try await test.store.replacePassword(of: ada.id, replacement, context: test.context(round)).outcome
                throw StoreError.cancelled
            } catch {
                try requireEqual(error, .conflict, "opening a session whose id exists")
            }
        }
        try requireEqual(try await test.continued(after: .start).map(\.cursor), [1, 2, 3], "the cursors")
    }

    /// Appends an entry at each of these seconds, and returns the whole feed.
    private static func append(_ seconds: ClosedRange<Int64>, to test: StoreUnderTest) async throws -> [StoreChange] {
        let id = UserID(StoreUnderTest.uuid(1))
        if try await test.store.user(withID: id) == nil { try await test.make("ada", 1) }
        for second in seconds {
            _ = try await test.store.endSessions(
                of: id, except: nil, reason: .revoked, context: test.context(second)
            ).outcome
        }
        return try await test.entries()
    }

    private static func provenPlaces(_ test: StoreUnderTest) async throws {
        let all = try await append(1...5, to: test)
        for (number, entry) in all.enumerated() {
            for limit in [-1, 0, 1, 2, 100, Int.max] {
                let following = Array(all.dropFirst(number + 1).prefix(max(0, limit)))
                try requireEqual(
                    try await test.continued(after: entry.place, limit: limit), following,
                    "at most \(limit) entries behind \(entry.cursor)")
            }
        }
        for limit in [0, 2, Int.max] {
            try requireEqual(
                try await test.continued(after: .start, limit: limit), Array(all.prefix(limit)), "from the start")
        }
    }

    /// Requires that the feed does not continue at a place.
    private static func requireGone(_ place: FeedPlace, _ test: StoreUnderTest, _ what: String) async throws {
        for limit in [0, 1, 100] {
            try requireEqual(try await test.store.changes(after: place, limit: limit), .historyChanged, what)
        }
    }

    private static func deletedEntries(_ test: StoreUnderTest) async throws {
        let all = try await append(1...4, to: test)
        _ = try await test.store.purge(
            expiredAt: test.context().now, endedBefore: test.context(100).now, limit: 100)
        for entry in all.dropLast() { try await requireGone(entry.place, test, "at \(entry.cursor)") }
        try await requireGone(.start, test, "at the start, behind which entries are missing")
        let last = try requireValue(all.last).place
        try requireEqual(try await test.continued(after: last), [], "behind the last")
    }

    private static func replacedEntries(_ test: StoreUnderTest) async throws {
        for entry in try await append(1...4, to: test) {
            for offset in [-1_000_000, -1, 1] {
                // What was read there had another time.
                let place = FeedPlace(cursor: entry.cursor, at: entry.at + .microseconds(offset))
                try await requireGone(place, test, "at \(entry.cursor)")
            }
        }
        try await requireGone(FeedPlace(cursor: 0, at: test.context().now), test, "before the first")
        try await requireGone(FeedPlace(cursor: -1, at: test.context().now), test, "at no cursor")
    }

    private static func cutFeed(_ test: StoreUnderTest) async throws {
        _ = try await append(1...3, to: test)
        let place = FeedPlace(cursor: 5, at: test.context(5).now)
        try await requireGone(place, test, "behind the end")
        _ = try await append(11...18, to: test)
        try await requireGone(place, test, "after as many and more")
    }

    private static func emptyFeed(_ test: StoreUnderTest) async throws {
        try await requireGone(FeedPlace(cursor: 1, at: test.context().now), test, "at an entry")
        try requireEqual(try await test.continued(after: .start), [], "from the start")
        let all = try await append(1...1, to: test)
        try requireEqual(try await test.continued(after: .start), all, "from the start, later")
    }

    private static func signals(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        var signals = test.store.changeSignals().makeAsyncIterator()
        _ = try await test.store.endSessions(of: ada.id, except: nil, reason: .revoked, context: test.context(1))
            .outcome
        // A signal may be spurious; one that never comes is stopped by the test's own limit.
        _ = try requireValue(await signals.next(), "the signal")
    }
}
