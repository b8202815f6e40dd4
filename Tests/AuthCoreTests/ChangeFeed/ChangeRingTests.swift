// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Newest entries of the feed")
struct ChangeRingTests {
    private func changes(_ cursors: ClosedRange<Int64>) -> [StoreChange] {
        cursors.map { StoreChange(cursor: $0, at: Timestamp(seconds: $0), kind: .keysChanged) }
    }

    private func cursors(_ ring: ChangeRing, after cursor: Int64, limit: Int = 1_000) -> [Int64]? {
        ring.entries(after: cursor, limit: limit).map { $0.map(\.cursor) }
    }

    @Test("entries after the start are returned in order, up to the limit")
    func reading() {
        var ring = ChangeRing(capacity: 100, startingAt: 10)
        #expect(cursors(ring, after: 10) == [])
        #expect(cursors(ring, after: 9) == nil)

        ring.append(changes(11...20))

        #expect(cursors(ring, after: 10) == Array(11...20))
        #expect(cursors(ring, after: 17) == [18, 19, 20])
        #expect(cursors(ring, after: 12, limit: 2) == [13, 14])
        #expect(cursors(ring, after: 12, limit: -1) == [])
        #expect(cursors(ring, after: 20) == [])
        #expect(cursors(ring, after: 500) == [])
        #expect(ring.end == 20)
    }

    @Test("an entry that is read twice is held once")
    func overlap() {
        var ring = ChangeRing(capacity: 100, startingAt: 0)
        ring.append(changes(1...5))
        ring.append(changes(3...7))
        ring.append(changes(2...4))
        ring.append([])

        #expect(cursors(ring, after: 0) == Array(1...7))
    }

    @Test("the ring stays bounded, and reports entries that it no longer holds")
    func bound() {
        var ring = ChangeRing(capacity: 10, startingAt: 0)
        for cursor in 1...1_000 as ClosedRange<Int64> {
            ring.append(changes(cursor...cursor))
            let held = ring.entries(after: ring.start, limit: .max)?.count ?? 0
            #expect(held <= 15 && held == Int(cursor - ring.start))
            #expect(cursors(ring, after: cursor - 1) == [cursor])
        }
        #expect(cursors(ring, after: 1) == nil)
        ring.append(changes(1_001...1_100))
        #expect(cursors(ring, after: 1_090) == Array(1_091...1_100))
        #expect(cursors(ring, after: 1_089) == nil)
    }
}

@Suite("Cursors of the feed over the network")
struct ChangeFeedCursorTests {
    @Test("a cursor is read as it was written, to the second")
    func roundTrip() {
        let cursor = ChangeFeedCursor(position: 7_001, readAt: Timestamp(seconds: 1_767_225_600))
        #expect(cursor.text == "7001.1767225600")
        #expect(ChangeFeedCursor(parsing: cursor.text) == cursor)
        #expect(ChangeFeedCursor(position: -1, readAt: Timestamp(seconds: -5)).text == "0.0")
    }

    @Test(
        "any other text is rejected",
        arguments: [
            "", ".", "1", "1.", ".1", "1.2.3", "-1.2", "1.-2", "+1.2", "a.1", "1.b", " 1.2", "1.2\n", "٣.1",
            "1234567890123456789.1", "1.1234567890123456789",
        ])
    func others(_ text: String) {
        #expect(ChangeFeedCursor(parsing: text) == nil)
    }
}
