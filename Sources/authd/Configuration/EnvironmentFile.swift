// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// Reads the text of a `.env` file: strictly where a line names a setting, and not at all where it does not.
///
/// A line that names a setting is `NAME=value`, with `export` before it if you like and blanks around the `=`. A bare value ends
/// at a `#` after a blank and loses the blanks at its ends. In single quotes everything stands for itself. In double quotes
/// `\n`, `\r`, `\t`, `\"`, `\\` and `\$` are escapes. Nothing is substituted, a value stays on its line, and a name stands
/// once. What could be meant in two ways is a problem, not a guess.
///
/// Empty lines, comments and whatever belongs to other programs are ignored, also quoted values over several lines. Byte order
/// marks, as editors and concatenation leave them at the start of a line, are skipped.
struct EnvironmentFile: Hashable, Sendable {
    /// A name that is no setting, and where it stands first.
    struct ForeignName: Hashable, Sendable {
        let name: String
        let line: Int
    }

    /// What the file is called in sentences.
    let name: String
    /// The values of settings by name, empty ones included.
    private(set) var values: [String: String] = [:]
    /// The other names, each once, in the order of the file.
    private(set) var foreignNames: [ForeignName] = []
    /// What could not be read; each sentence names the line and nothing of its content.
    private(set) var problems: [ConfigurationProblem] = []

    /// The largest file that is read, in bytes.
    static let maximumBytes = 256 * 1024

    /// Reads all lines of a text; `name` stands for the file in sentences.
    ///
    /// Linear in the size of the file.
    init(_ bytes: [UInt8], name: String = ".env") {
        self.name = name
        guard bytes.count <= Self.maximumBytes else {
            problems = [ConfigurationProblem("\(name) is larger than 256 KiB.")]
            return
        }
        // In UTF-16 every setting would pass for something foreign.
        guard !bytes.contains(0) else {
            problems = [ConfigurationProblem("\(name) is not a text in UTF-8.")]
            return
        }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map(EnvironmentLine.init)
        var foreignBlock: (first: Int, last: Int)?
        var seen = Set<String>()
        for (index, line) in lines.enumerated() {
            let block = foreignBlock.flatMap { index <= $0.last ? $0 : nil }
            do throws(EnvironmentLine.Fault) {
                switch line.content {
                case .nothing: continue
                case .setting(let key):
                    if let block { throw .insideForeignValue(key, line: block.first + 1) }
                    let value = try line.value()
                    guard values.updateValue(value, forKey: key.text) == nil else { throw .repeated(key) }
                case .foreign(let foreign):
                    guard block == nil else { continue }
                    if let foreign, seen.insert(foreign).inserted {
                        foreignNames.append(ForeignName(name: foreign, line: index + 1))
                    }
                    foreignBlock = Self.end(ofValueIn: lines, from: index).map { (index, $0) }
                }
            } catch {
                problems.append(ConfigurationProblem("\(name) line \(index + 1) \(error.predicate)"))
            }
        }
    }

    /// The last line of a foreign value that is quoted and goes on after its first line; `nil` where it ends there, or nowhere.
    ///
    /// A search that finds nothing has seen the last quote of its kind, so there are few of them.
    private static func end(ofValueIn lines: [EnvironmentLine], from first: Int) -> Int? {
        guard let quote = lines[first].openQuote else { return nil }
        return lines[(first + 1)...].firstIndex { $0.closes(quote) }
    }
}
