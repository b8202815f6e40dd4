// SPDX-License-Identifier: Apache-2.0

/// Reads the text of a `.env` file, strictly: what could be meant in two ways is a problem, not a guess.
///
/// A line is empty, a comment that starts with `#`, or `NAME=value`, with `export` before it if you like and blanks
/// around the `=`. A bare value ends at a `#` after a blank and loses the blanks at its ends. In single quotes everything
/// stands for itself. In double quotes `\n`, `\r`, `\t`, `\"`, `\\` and `\$` are escapes. Nothing is substituted, a value
/// stays on its line, and a name stands once.
struct EnvironmentFile: Hashable, Sendable {
    /// The values by name, empty ones included.
    private(set) var values: [String: String] = [:]
    /// What could not be read; each sentence names the line and nothing of its content.
    private(set) var problems: [ConfigurationProblem] = []

    /// The largest file that is read, in bytes.
    static let maximumBytes = 256 * 1024

    /// Reads all lines of a text; `name` stands for the file in sentences.
    init(_ bytes: [UInt8], name: String = ".env") {
        guard bytes.count <= Self.maximumBytes else {
            problems = [ConfigurationProblem("\(name) is larger than 256 KiB.")]
            return
        }
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            problems = [ConfigurationProblem("\(name) is not a text in UTF-8.")]
            return
        }
        // By scalars, because "\r\n" is one character.
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            var scalars = line
            if scalars.last == "\r" { scalars.removeLast() }
            do throws(LineError) {
                guard let (name, value) = try Self.assignment(scalars) else { continue }
                guard values.updateValue(value, forKey: name) == nil else { throw .repeated(name) }
            } catch {
                problems.append(ConfigurationProblem("\(name) line \(index + 1) \(error.predicate)"))
            }
        }
    }

    private enum LineError: Error {
        case noAssignment
        case badName
        case openQuote
        case badEscape
        case afterQuote
        case repeated(String)

        var predicate: String {
            switch self {
            case .noAssignment: "has no =."
            case .badName: "does not begin with a name of letters, digits and underscores."
            case .openQuote: "has a quote that does not close on the same line."
            case .badEscape: "has an escape that is not \\n, \\r, \\t, \\\", \\\\ or \\$; single quotes have none."
            case .afterQuote: "has something other than a comment after the closing quote."
            case .repeated(let name): "gives \(name) a second time."
            }
        }
    }

    private typealias Scalars = Substring.UnicodeScalarView

    private static func assignment(_ line: Scalars) throws(LineError) -> (String, String)? {
        let content = line.drop(while: isBlank)
        guard let first = content.first, first != "#" else { return nil }
        guard let equals = content.firstIndex(of: "=") else { throw .noAssignment }
        var words = content[..<equals].split(whereSeparator: isBlank)
        if words.count == 2, words[0].elementsEqual("export".unicodeScalars) { words.removeFirst() }
        guard words.count == 1, let name = words.first, isName(name) else { throw .badName }
        let value = content[content.index(after: equals)...].drop(while: isBlank)
        return (String(name), try self.value(value))
    }

    private static func value(_ text: Scalars) throws(LineError) -> String {
        switch text.first {
        case "'": return try quoted(text, by: "'")
        case "\"": return try quoted(text, by: "\"")
        default: return bare(text)
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

    private static func quoted(_ text: Scalars, by quote: Unicode.Scalar) throws(LineError) -> String {
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

    private static func escape(_ scalar: Unicode.Scalar?) throws(LineError) -> Unicode.Scalar {
        switch scalar {
        case "n": "\n"
        case "r": "\r"
        case "t": "\t"
        case "\"", "\\", "$": scalar ?? "\\"
        default: throw .badEscape
        }
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }

    private static func isName(_ text: Scalars) -> Bool {
        guard let first = text.first, !("0"..."9").contains(first) else { return false }
        return text.allSatisfy {
            ("A"..."Z").contains($0) || ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "_"
        }
    }
}
