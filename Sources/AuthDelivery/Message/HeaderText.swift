// SPDX-License-Identifier: Apache-2.0

/// Text that is safe to put into a header field: one line, encoded so that it cannot end the field.
struct HeaderText: Equatable {
    private let text: String

    /// Turns control characters and line separators into spaces and trims the ends.
    init(_ text: String) {
        let scalars = text.unicodeScalars.map { scalar -> Unicode.Scalar in
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: " "
            default: scalar
            }
        }
        let words = scalars.split(separator: " ").map { word in
            var view = String.UnicodeScalarView()
            view.append(contentsOf: word)
            return String(view)
        }
        self.text = words.joined(separator: " ")
    }

    var isEmpty: Bool { text.isEmpty }

    /// The text on one line as people read it.
    var readable: String { text }

    /// The form for `Subject` and other unstructured fields.
    var unstructured: String {
        isPlain ? text : encodedWords
    }

    /// The form for a display name (RFC 5322 `phrase`).
    var phrase: String {
        guard isPlain else { return encodedWords }
        let needsQuotes = !text.utf8.allSatisfy { Self.isAtomText($0) || $0 == 0x20 }
        guard needsQuotes else { return text }
        var quoted = "\""
        for character in text {
            if character == "\"" || character == "\\" { quoted.append("\\") }
            quoted.append(character)
        }
        return quoted + "\""
    }

    /// Short printable ASCII that no reader takes for an encoded word; it needs no folding either.
    private var isPlain: Bool {
        text.utf8.count <= 60 && text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } && !text.contains("=?")
    }

    /// RFC 2047 encoded words in base64, at most 75 characters each, none splitting a scalar, one a line.
    private var encodedWords: String {
        var words: [String] = []
        var chunk: [UInt8] = []
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if chunk.count + bytes.count > 45 {
                words.append(Self.encodedWord(chunk))
                chunk = []
            }
            chunk += bytes
        }
        if !chunk.isEmpty { words.append(Self.encodedWord(chunk)) }
        return words.joined(separator: "\r\n ")
    }

    private static func encodedWord(_ bytes: [UInt8]) -> String {
        "=?UTF-8?B?\(Base64.encode(bytes))?="
    }

    /// RFC 5322 §3.2.3 `atext`.
    static func isAtomText(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default:
            "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
        }
    }

    /// RFC 9110 §5.6.2 `tchar`, of which the names of header fields are made.
    static func isTokenText(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default:
            "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
