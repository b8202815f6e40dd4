// SPDX-License-Identifier: Apache-2.0

/// How the shared text of a statement is written for SQLite.
enum SQLiteDialect {
    private static let schema = Array("authd.".utf8)
    private static let locks = [Array("FOR UPDATE".utf8), Array("SKIP LOCKED".utf8)]

    /// Leaves away every `authd.` that begins a name, and every `FOR UPDATE` and `SKIP LOCKED` that stands as two words.
    ///
    /// There is one schema, and the writer holds the only write lock anyway. The text is not parsed: a statement must not
    /// have any of them in a literal or in a comment. Parameters need no change, because SQLite takes `$1` as a name.
    static func render(_ text: String) -> String {
        let source = Array(text.utf8)
        var rendered: [UInt8] = []
        rendered.reserveCapacity(source.count)
        var position = 0
        while position < source.count {
            let rest = source[position...]
            let beginsWord = position == 0 || !isWord(source[position - 1])
            if beginsWord, rest.starts(with: schema) {
                position += schema.count
            } else if beginsWord, let lock = locks.first(where: { isWords($0, at: rest) }) {
                position += lock.count
            } else {
                rendered.append(source[position])
                position += 1
            }
        }
        return String(decoding: rendered, as: UTF8.self)
    }

    private static func isWords(_ words: [UInt8], at rest: ArraySlice<UInt8>) -> Bool {
        rest.starts(with: words) && !(rest.dropFirst(words.count).first.map(isWord) ?? false)
    }

    private static func isWord(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
            true
        default:
            false
        }
    }
}
