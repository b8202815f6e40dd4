// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTestSupport
import Testing

@Suite("Pages of the change feed as JSON")
struct ChangePageTests {
    static let user = UserID(UUIDv7(high: 2, low: 2))
    static let session = SessionID(UUIDv7(high: 1, low: 1))

    static let page = ChangePage(
        cursor: "12.1767225600",
        entries: [
            .init(at: Timestamp(microseconds: 1_767_225_600_000_001), kind: .sessionEnded(session, userID: user)),
            .init(at: Timestamp(seconds: 5), kind: .epochRaised(user, UserEpoch(3))),
            .init(at: Timestamp(seconds: 6), kind: .userChanged(user)),
            .init(at: Timestamp(seconds: 7), kind: .userDeleted(user)),
            .init(at: Timestamp(seconds: 8), kind: .keysChanged),
            .init(at: Timestamp(seconds: 9), kind: .roleNarrowed("editor", RoleEpoch(4))),
            .init(at: Timestamp(seconds: 10), kind: .rolesChanged),
        ], hasMore: true, retentionSeconds: 1_930)

    @Test("every kind of entry is read as it was written")
    func roundTrip() {
        #expect(ChangePage(json: Self.page.serialized()) == Self.page)
        let empty = ChangePage(cursor: "0.0", entries: [], hasMore: false, retentionSeconds: 1)
        #expect(ChangePage(json: empty.serialized()) == empty)
        #expect(Set(Self.page.entries.map(\.kind.word)) == Set(StoreChange.Kind.Word.allCases))
    }

    @Test("unknown members are ignored")
    func unknownMembers() {
        let text = #"{"news":{"a":1},"cursor":"c","changes":[],"has_more":false,"retention_seconds":60}"#
        #expect(
            ChangePage(json: Array(text.utf8))
                == ChangePage(cursor: "c", entries: [], hasMore: false, retentionSeconds: 60))
    }

    static let whole = String(decoding: page.serialized(), as: UTF8.self)

    @Test(
        "a page is read completely or rejected",
        arguments: [
            ("12.1767225600", ""), ("12.1767225600", "12&wait=30"),
            ("12.1767225600", String(repeating: "1", count: 65)),
            ("session_ended", "session_begun"), ("\"epoch\":3", "\"epoch\":-1"), ("\"epoch\":3", "\"epoch\":\"3\""),
            ("\"epoch\":3", "\"epoch\":3.5"), ("\"epoch\":3", "\"era\":3"), (session.description, "x"),
            (user.description, "x"), ("\"role\":\"editor\"", "\"role\":\"Editor\""), ("\"epoch\":4", "\"epoch\":-4"),
            ("\"role\":\"editor\"", "\"name\":\"editor\""), ("1970-01-01T00:00:05", "yesterday"),
            ("\"has_more\":true", "\"has_more\":1"),
            ("\"retention_seconds\":1930", "\"retention_seconds\":0"), ("\"changes\":[", "\"changes\":[7,"),
            ("\"changes\"", "\"entries\""), ("\"type\":\"keys_changed\"", "\"kind\":\"keys_changed\""),
        ])
    func malformed(_ part: String, _ replacement: String) throws {
        let text = Self.whole.replacing(part, with: replacement)
        try #require(text != Self.whole)
        #expect(ChangePage(json: Array(text.utf8)) == nil)
    }

    @Test("any bytes are read or rejected without a trap", arguments: [1, 2, 3] as [UInt64])
    func mutations(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let bytes = Self.page.serialized()
        for _ in 0..<2_000 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<changed.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: changed[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: changed.remove(at: place)
                default: changed.insert(UInt8.random(in: 0...255, using: &generator), at: place)
                }
            }
            // What is read is a page that can be written again.
            if let page = ChangePage(json: changed) { #expect(ChangePage(json: page.serialized()) == page) }
        }
        #expect(ChangePage(json: Array(repeating: UInt8(ascii: " "), count: ChangePage.maximumBytes + 1)) == nil)
    }
}
