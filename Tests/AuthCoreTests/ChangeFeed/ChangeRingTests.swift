// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Newest entries of the feed")
struct ChangeRingTests {
    private func changes(_ cursors: ClosedRange<Int64>) -> [StoreChange] {
        cursors.map { StoreChange(cursor: $0, at: Timestamp(seconds: $0), kind: .keysChanged) }
    }

    /// The place of the entry that has this cursor.
    private func place(_ cursor: Int64) -> FeedPlace {
        cursor == 0 ? .start : FeedPlace(cursor: cursor, at: Timestamp(seconds: cursor))
    }

    private func cursors(_ ring: ChangeRing, after cursor: Int64, limit: Int = 1_000) -> [Int64]? {
        ring.entries(after: place(cursor), limit: limit).map { $0.map(\.cursor) }
    }

    @Test("entries after the start are returned in order, up to the limit")
    func reading() {
        var ring = ChangeRing(capacity: 100, startingAt: place(10))
        #expect(cursors(ring, after: 10) == [])
        #expect(cursors(ring, after: 9) == nil)

        ring.append(changes(11...20), behind: place(10))

        #expect(cursors(ring, after: 10) == Array(11...20))
        #expect(cursors(ring, after: 17) == [18, 19, 20])
        #expect(cursors(ring, after: 12, limit: 2) == [13, 14])
        #expect(cursors(ring, after: 12, limit: -1) == [])
        #expect(cursors(ring, after: 20) == [])
        #expect(cursors(ring, after: 500) == nil)
        #expect(ring.end == place(20))
    }

    @Test("an entry that is read twice is held once")
    func overlap() {
        var ring = ChangeRing(capacity: 100, startingAt: .start)
        ring.append(changes(1...5), behind: .start)
        ring.append(changes(3...7), behind: place(2))
        ring.append(changes(2...4), behind: place(1))
        ring.append([], behind: place(3))

        #expect(cursors(ring, after: 0) == Array(1...7))
    }

    @Test("the ring stays bounded, and reports entries that it no longer holds")
    func bound() {
        var ring = ChangeRing(capacity: 10, startingAt: .start)
        for cursor in 1...1_000 as ClosedRange<Int64> {
            ring.append(changes(cursor...cursor), behind: place(cursor - 1))
            let held = ring.entries(after: ring.start, limit: .max)?.count ?? 0
            #expect(held <= 15 && held == Int(cursor - ring.start.cursor))
            #expect(cursors(ring, after: cursor - 1) == [cursor])
        }
        #expect(cursors(ring, after: 1) == nil)
        ring.append(changes(1_001...1_100), behind: place(1_000))
        #expect(cursors(ring, after: 1_090) == Array(1_091...1_100))
        #expect(cursors(ring, after: 1_089) == nil)
    }

    @Test("the ring answers only for places that it holds: of another history it knows nothing")
    func otherHistory() {
        var ring = ChangeRing(capacity: 100, startingAt: place(10))
        ring.append(changes(11...20), behind: place(10))

        for cursor in [10, 11, 15, 20] as [Int64] {
            let other = FeedPlace(cursor: cursor, at: Timestamp(seconds: cursor) + .microseconds(1))
            #expect(ring.entries(after: other, limit: 10) == nil)
        }
        #expect(ring.entries(after: .start, limit: 10) == nil)
    }

    @Test("what was read behind a place that the ring does not hold begins it anew", arguments: [0, 2] as [Int64])
    func newHistory(count: Int64) {
        var ring = ChangeRing(capacity: 100, startingAt: place(10))
        ring.append(changes(11...20), behind: place(10))

        let other = FeedPlace(cursor: 12, at: Timestamp(seconds: 99))
        ring.append(count == 0 ? [] : changes(13...14), behind: other)

        #expect(ring.start == other)
        #expect(ring.entries(after: other, limit: 10)?.map(\.cursor) == (count == 0 ? [] : [13, 14]))
        #expect(cursors(ring, after: 15) == nil)
        #expect(cursors(ring, after: 10) == nil)
    }
}

@Suite("Continuing from a place in the feed")
struct FeedContinuationTests {
    private static let entries = (1...4 as ClosedRange<Int64>).map {
        StoreChange(cursor: $0, at: Timestamp(seconds: 100 + $0), kind: .keysChanged)
    }

    @Test("the entries behind the one at the place are returned, up to the limit")
    func continued() {
        let found = Array(Self.entries[1...])
        let place = Self.entries[1].place
        #expect(FeedContinuation(of: found, from: place, limit: 9) == .continued(Array(Self.entries[2...])))
        #expect(FeedContinuation(of: found, from: place, limit: 1) == .continued([Self.entries[2]]))
        #expect(FeedContinuation(of: found, from: place, limit: -1) == .continued([]))
        #expect(FeedContinuation(of: Self.entries, from: .start, limit: 2) == .continued(Array(Self.entries[..<2])))
        #expect(FeedContinuation(of: [], from: .start, limit: 2) == .continued([]))
    }

    @Test("another entry at the place, or none, is another history")
    func historyChanged() {
        let place = Self.entries[1].place
        let moved = FeedPlace(cursor: 2, at: place.at + .microseconds(1))
        #expect(FeedContinuation(of: Array(Self.entries[1...]), from: moved, limit: 9) == .historyChanged)
        #expect(FeedContinuation(of: Array(Self.entries[2...]), from: place, limit: 9) == .historyChanged)
        #expect(FeedContinuation(of: [], from: place, limit: 9) == .historyChanged)
        #expect(FeedContinuation(of: Array(Self.entries[1...]), from: .start, limit: 9) == .historyChanged)
    }
}

@Suite("Cursors of the feed over the network")
struct ChangeFeedCursorTests {
    @Test("a cursor is read as it was written, to the second")
    func roundTrip() {
        let place = FeedPlace(cursor: 7_001, at: Timestamp(microseconds: 1_767_225_599_123_456))
        let cursor = ChangeFeedCursor(place: place, readAt: Timestamp(seconds: 1_767_225_600))
        #expect(cursor.text == "7001.1767225599123456.1767225600")
        #expect(ChangeFeedCursor(parsing: cursor.text) == cursor)
        let start = ChangeFeedCursor(place: .start, readAt: Timestamp(seconds: 1_767_225_600))
        #expect(ChangeFeedCursor(parsing: start.text) == start)
        let early = FeedPlace(cursor: -1, at: Timestamp(microseconds: -7))
        #expect(ChangeFeedCursor(place: early, readAt: Timestamp(seconds: -5)).text == "0.0.0")
    }

    @Test(
        "any other text is rejected",
        arguments: [
            "", ".", "..", "1", "1.2", "1.2.", "1..3", ".2.3", "1.2.3.4", "-1.2.3", "1.-2.3", "1.2.-3", "+1.2.3",
            "a.1.2",
            "1.b.2", "1.2.c", " 1.2.3", "1.2.3\n", "٣.1.2", "1234567890123456789.1.1", "1.1234567890123456789.1",
            "1.1.1234567890123456789",
        ])
    func others(_ text: String) {
        #expect(ChangeFeedCursor(parsing: text) == nil)
    }
}
