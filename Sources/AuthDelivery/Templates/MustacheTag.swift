// SPDX-License-Identifier: Apache-2.0

/// A tag of a Mustache template, found without the template's parser, which does not show its tags.
struct MustacheTag: Equatable {
    /// What a tag does.
    enum Kind: Equatable {
        /// Shows a value, or begins or ends a section of that name.
        case value
        /// Takes another template in, or a part of it.
        case inclusion
    }

    let kind: Kind
    /// The name in the tag, with the functions around it.
    let name: String
    /// The functions, from the outermost.
    let functions: [String]
    /// The name of the value.
    let variable: String
    /// Counted from 1.
    let line: Int

    /// The tags of a template that has been parsed, but for comments, other delimiters and settings.
    static func tags(in source: String) -> [MustacheTag] {
        let octets = Array(source.utf8)
        var (start, end) = (Array("{{".utf8), Array("}}".utf8))
        var tags: [MustacheTag] = []
        var line = 1
        var index = 0
        while index < octets.count {
            guard octets[index...].starts(with: start) else {
                if octets[index] == UInt8(ascii: "\n") { line += 1 }
                index += 1
                continue
            }
            index += start.count
            let begin = index
            while index < octets.count, !octets[index...].starts(with: end) { index += 1 }
            let content = octets[begin..<index]
            if content.first == UInt8(ascii: "=") {
                let delimiters = content.dropFirst().dropLast().split { Self.isSpace($0) }
                if delimiters.count == 2 {
                    index += end.count
                    (start, end) = (Array(delimiters[0]), Array(delimiters[1]))
                    continue
                }
            } else if let tag = MustacheTag(content, line: line) {
                tags.append(tag)
            }
            line += content.count { $0 == UInt8(ascii: "\n") }
            index += end.count
        }
        return tags
    }

    private init?(_ content: ArraySlice<UInt8>, line: Int) {
        var words = content
        switch content.first {
        case UInt8(ascii: "!"), UInt8(ascii: "%"): return nil
        case UInt8(ascii: ">"), UInt8(ascii: "<"), UInt8(ascii: "$"):
            kind = .inclusion
            words.removeFirst()
        case UInt8(ascii: "#"), UInt8(ascii: "^"), UInt8(ascii: "/"), UInt8(ascii: "&"), UInt8(ascii: "{"):
            kind = .value
            words.removeFirst()
        default:
            kind = .value
        }
        words.removeAll(where: Self.isSpace)
        name = String(decoding: words, as: UTF8.self)
        var names = words.split(separator: UInt8(ascii: "(")).map { part in
            String(decoding: part.filter { $0 != UInt8(ascii: ")") }, as: UTF8.self)
        }
        variable = names.popLast() ?? ""
        functions = names
        self.line = line
    }

    private static func isSpace(_ octet: UInt8) -> Bool {
        octet == UInt8(ascii: " ") || (0x09...0x0D).contains(octet)
    }
}
