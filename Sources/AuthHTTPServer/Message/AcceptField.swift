// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// The formats that a client prefers. - Source: RFC 9110 §12.5.1
package enum AcceptField {
    /// A media type that the server can send, and how much the client wants it.
    private struct Candidate {
        let type: StaticString
        let subtype: StaticString
        /// In thousandths.
        private(set) var quality = 0
        /// How exactly a range names the type: 0 for `*/*`, 1 for `text/*`, 2 for `text/html`.
        private var precision = -1

        init(_ type: StaticString, _ subtype: StaticString) {
            self.type = type
            self.subtype = subtype
        }

        /// Takes a range over, if it names the type more exactly than those before.
        mutating func consider(_ range: MediaRange) {
            let rank: Int
            if ASCIICase.matches(range.type, lowercase: type) {
                if ASCIICase.matches(range.subtype, lowercase: subtype) {
                    rank = 2
                } else if ASCIICase.matches(range.subtype, lowercase: "*") {
                    rank = 1
                } else {
                    return
                }
            } else if ASCIICase.matches(range.type, lowercase: "*"), ASCIICase.matches(range.subtype, lowercase: "*") {
                rank = 0
            } else {
                return
            }
            guard rank >= precision else { return }
            quality = rank == precision ? max(quality, range.quality) : range.quality
            precision = rank
        }
    }

    /// One element of the field, without its parameters.
    private struct MediaRange {
        let type: String
        let subtype: String
        /// In thousandths.
        var quality = 1_000
    }

    /// Whether a client wants an HTML page more than JSON.
    ///
    /// Browsers do. A client that wants both alike, as with `*/*`, or that sends no such field, does not. What follows a
    /// fault in a line is not read.
    package static func prefersPage(_ lines: [String]) -> Bool {
        var page = Candidate("text", "html")
        var json = Candidate("application", "json")
        for line in lines {
            var scanner = FieldScanner(line.utf8)
            scanner.skipEmptyElements()
            while !scanner.isAtEnd, let range = range(&scanner) {
                page.consider(range)
                json.consider(range)
                scanner.skipEmptyElements()
            }
        }
        return page.quality > json.quality
    }

    private static func range(_ scanner: inout FieldScanner) -> MediaRange? {
        guard let type = scanner.token(), scanner.take(UInt8(ascii: "/")), let subtype = scanner.token() else {
            return nil
        }
        var range = MediaRange(type: type, subtype: subtype)
        scanner.skipSpace()
        while scanner.take(UInt8(ascii: ";")) {
            scanner.skipSpace()
            // A semicolon without a parameter is allowed.
            guard let name = scanner.token() else { continue }
            guard scanner.take(UInt8(ascii: "=")) else { return nil }
            if ASCIICase.matches(name, lowercase: "q") {
                guard let quality = scanner.token().flatMap(thousandths) else { return nil }
                range.quality = quality
            } else {
                guard scanner.token() != nil || scanner.quotedString() != nil else { return nil }
            }
            scanner.skipSpace()
        }
        return scanner.isAtEnd || scanner.next == UInt8(ascii: ",") ? range : nil
    }

    /// A weight from 0 to 1 with at most three decimals, in thousandths. - Source: RFC 9110 §12.4.2
    private static func thousandths(_ text: String) -> Int? {
        let octets = Array(text.utf8.prefix(6))
        guard let first = octets.first, octets.count <= 5, first == UInt8(ascii: "0") || first == UInt8(ascii: "1"),
            octets.count == 1 || octets[1] == UInt8(ascii: ".")
        else { return nil }
        var value = Int(first &- UInt8(ascii: "0"))
        for place in 2..<5 {
            value *= 10
            guard place < octets.count else { continue }
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octets[place]) else { return nil }
            value += Int(octets[place] &- UInt8(ascii: "0"))
        }
        return value <= 1_000 ? value : nil
    }
}
