// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// F1 and F2: reading the writes of other processes.
enum ChangeFeedChecks {
    static let all: [StoreCheck] = [
        StoreCheck("F1", "a snapshot and the entries after its cursor are complete", on: snapshotAndTail),
        StoreCheck("F1", "a snapshot has the entries written since an instant", on: snapshotSince),
        StoreCheck("F2", "no entry appears behind one that was read", on: order),
        StoreCheck("F2", "pages of entries follow each other", on: pages),
        StoreCheck("F2", "a signal follows a change", on: signals),
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
        let all = try await test.store.changes(after: 0, limit: 1_000)
        try requireEqual(all.count, 32, "the length of the feed")
        for snapshot in snapshots {
            let later = all.filter { $0.cursor > snapshot.cursor }
            try requireEqual(
                Set(snapshot.changes).union(later), Set(all), "the snapshot at \(snapshot.cursor) and what followed")
        }
    }

    private static func snapshotSince(_ test: StoreUnderTest) async throws {
        let empty = try await test.store.changeSnapshot(since: Timestamp(microseconds: .min))
        try requireEqual(empty, ChangeSnapshot(cursor: 0, changes: []))
        let ada = try await test.make("ada", 1)
        for seconds in [10, 20, 30] as [Int64] {
            _ = try await test.store.endSessions(
                of: ada.id, except: nil, reason: .revoked, context: test.context(seconds)
            ).outcome
        }
        let all = try await test.store.changes(after: 0, limit: 10)
        for (offset, count) in [(-1, 2), (0, 2), (1, 1)] {
            let snapshot = try await test.store.changeSnapshot(
                since: test.context(20).now + .microseconds(offset))
            try requireEqual(snapshot.cursor, all.last?.cursor ?? 0, "the cursor")
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
                        of: user.id, by: ProfileChange(userMetadata: "{\"n\":1}"), context: context
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
                    read += try await test.store.changes(after: read.last?.cursor ?? 0, limit: 4)
                }
                return read
            })
        let rest = try await test.store.changes(after: read.last?.cursor ?? 0, limit: 1_000)
        let all = try await test.store.changes(after: 0, limit: 1_000)
        try requireEqual(read + rest, all, "what a reader saw")
        try requireEqual(all.map(\.cursor), Set(all.map(\.cursor)).sorted(), "the cursors in order")
        for user in users {
            let about = all.map(\.kind).filter { kind in
                switch kind {
                case .sessionEnded(_, let id), .epochRaised(let id, _), .userChanged(let id), .userDeleted(let id):
                    id == user.id
                case .keysChanged: false
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
            let page = try await test.store.changes(after: read.last?.cursor ?? 0, limit: 3)
            guard !page.isEmpty else { break }
            try require(page.count <= 3 && read.count < 10, "the page has \(page.count) entries")
            read += page
        }
        try requireEqual(read.map(\.kind), (1...7).map { .epochRaised(ada.id, test.epoch($0)) }, "the entries")
        try requireEqual(read.map(\.at), (1...7).map { test.context($0).now }, "their times")
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
