// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// One line of a file of settings.
struct EnvironmentLine {
    /// What a line is about.
    enum Content: Hashable {
        /// It is blank or a comment.
        case nothing
        /// It names a setting, well or badly.
        case setting(SettingName)
        /// It is no concern of ours; the name that it gives a value to, where that can be told.
        case foreign(String?)
    }

    /// Why the line of a setting cannot be read.
    enum Fault: Error {
        case notUTF8
        case noAssignment
        case badName
        case openQuote
        case badEscape
        case afterQuote
        case repeated(SettingName)
        case insideForeignValue(SettingName, line: Int)

        /// The rest of a sentence that begins with the place; it holds no value.
        var predicate: String {
            switch self {
            case .notUTF8: "is not a text in UTF-8."
            case .noAssignment: "has no =."
            case .badName: "does not begin with a name of letters, digits and underscores."
            case .openQuote: "has a quote that does not close on the same line."
            case .badEscape: "has an escape that is not \\n, \\r, \\t, \\\", \\\\ or \\$; single quotes have none."
            case .afterQuote: "has something other than a comment after the closing quote."
            case .repeated(let key): "gives \(key.text) a second time."
            case .insideForeignValue(let key, let line):
                "names \(key.text), but stands in the quoted value that begins in line \(line)."
            }
        }
    }

    /// What the line is about.
    let content: Content
    private let octets: ArraySlice<UInt8>

    /// Looks at a line without its line feed.
    init(_ line: ArraySlice<UInt8>) {
        var octets = line
        if octets.last == UInt8(ascii: "\r") { octets.removeLast() }
        octets = ByteOrderMark.skipped(in: octets.drop(while: Self.isBlank))
        self.octets = octets.drop(while: Self.isBlank)
        content = Self.content(of: self.octets)
    }

    /// The quote that begins the value and is not closed on this line.
    var openQuote: UInt8? {
        guard let equals = octets.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        let value = octets[(equals + 1)...].drop(while: Self.isBlank)
        guard let quote = value.first, [UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`")].contains(quote) else {
            return nil
        }
        return Self.closes(quote, in: value.dropFirst()) ? nil : quote
    }

    /// Whether a quote of an earlier line ends here.
    func closes(_ quote: UInt8) -> Bool { Self.closes(quote, in: octets) }

    private static func closes(_ quote: UInt8, in octets: ArraySlice<UInt8>) -> Bool {
        var isEscaped = false
        for octet in octets {
            if isEscaped {
                isEscaped = false
            } else if octet == quote {
                return true
            } else if octet == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                isEscaped = true
            }
        }
        return false
    }

    /// A line is a setting's if one of the words before its `=` is the name of one, or its first word where it has no `=`.
    private static func content(of octets: ArraySlice<UInt8>) -> Content {
        guard let first = octets.first, first != UInt8(ascii: "#") else { return .nothing }
        let equals = octets.firstIndex(of: UInt8(ascii: "="))
        // What is not ASCII is no part of a name, so a blank that only looks like one hides no setting.
        let words = octets[..<(equals ?? octets.endIndex)].split { isBlank($0) || $0 >= 0x80 }
        guard equals != nil else {
            let isExport = words.first?.elementsEqual("export".utf8) == true
            let word = words.dropFirst(isExport ? 1 : 0).first.map { $0.last == UInt8(ascii: ":") ? $0.dropLast() : $0 }
            return word.flatMap(key).map { .setting($0) } ?? .foreign(nil)
        }
        if let key = words.lazy.compactMap(key).first { return .setting(key) }
        return .foreign(words.last.flatMap(foreignName))
    }

    private static func key(_ word: ArraySlice<UInt8>) -> SettingName? {
        word.count > 64 ? nil : SettingName(String(decoding: word, as: UTF8.self))
    }

    private static func foreignName(_ word: ArraySlice<UInt8>) -> String? {
        guard word.count <= 64, word.allSatisfy({ isNamePart($0) || $0 == UInt8(ascii: "-") }) else { return nil }
        return String(decoding: word, as: UTF8.self)
    }

    private static func isBlank(_ octet: UInt8) -> Bool { octet == 0x20 || octet == 0x09 }

    private static func isNamePart(_ octet: UInt8) -> Bool {
        switch octet {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: true
        default: false
        }
    }
}

extension EnvironmentLine {
    private typealias Scalars = Substring.UnicodeScalarView

    /// The value that the line gives to its setting.
    ///
    /// - Throws: What could be meant in two ways.
    func value() throws(Fault) -> String {
        guard let text = String(validating: octets, as: UTF8.self) else { throw .notUTF8 }
        let content = text.unicodeScalars[...]
        guard let equals = content.firstIndex(of: "=") else { throw .noAssignment }
        var words = content[..<equals].split(whereSeparator: Self.isBlank)
        if words.count == 2, words[0].elementsEqual("export".unicodeScalars) { words.removeFirst() }
        guard words.count == 1, let name = words.first,
            name.allSatisfy({ $0.isASCII && Self.isNamePart(UInt8(truncatingIfNeeded: $0.value)) })
        else { throw .badName }
        let value = content[content.index(after: equals)...].drop(while: Self.isBlank)
        switch value.first {
        case "'": return try Self.quoted(value, by: "'")
        case "\"": return try Self.quoted(value, by: "\"")
        default: return Self.bare(value)
        }
    }

    private static func bare(_ text: Scalars) -> String {
        var value = String.UnicodeScalarView()
        var isAfterBlank = true
        for scalar in text {
            if scalar == "#", isAfterBlank { break }
            isAfterBlank = isBlank(scalar)
            value.append(scalar)
        }
        while value.last.map(isBlank) == true { value.removeLast() }
        return String(value)
    }

    private static func quoted(_ text: Scalars, by quote: Unicode.Scalar) throws(Fault) -> String {
        var value = String.UnicodeScalarView()
        var rest = text.dropFirst()
        while let scalar = rest.popFirst() {
            if scalar == quote {
                let tail = rest.drop(while: isBlank)
                guard tail.isEmpty || tail.first == "#" else { throw .afterQuote }
                return String(value)
            }
            if scalar == "\\", quote == "\"" {
                value.append(try escape(rest.popFirst()))
            } else {
                value.append(scalar)
            }
        }
        throw .openQuote
    }

    private static func escape(_ scalar: Unicode.Scalar?) throws(Fault) -> Unicode.Scalar {
        switch scalar {
        case "n": "\n"
        case "r": "\r"
        case "t": "\t"
        case "\"", "\\", "$": scalar ?? "\\"
        default: throw .badEscape
        }
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }
}
