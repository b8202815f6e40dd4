// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport

/// A page of the documentation, as the fenced blocks that a reader copies from it.
struct MarkdownPage {
    /// A fenced block.
    struct Block: Sendable {
        /// The heading under which it stands.
        let heading: String
        /// Which one under that heading, from 1.
        let number: Int
        /// The word behind the opening fence, perhaps none.
        let language: String
        let text: String

        /// How tests name it.
        var name: String { "\(heading) #\(number)" }
    }

    private(set) var blocks: [Block] = []
    /// The headings, from the first to the last.
    private(set) var headings: [String] = []

    init(_ markdown: String) {
        var heading = ""
        var number = 0
        var language = ""
        var block: [Substring]?
        for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
            if let lines = block {
                guard line == "```" else {
                    block = lines + [line]
                    continue
                }
                number += 1
                blocks.append(
                    Block(heading: heading, number: number, language: language, text: lines.joined(separator: "\n")))
                block = nil
            } else if line.hasPrefix("```") {
                language = String(line.dropFirst(3))
                block = []
            } else if line.hasPrefix("#") {
                heading = String(line.drop { $0 == "#" || $0 == " " })
                headings.append(heading)
                number = 0
            }
        }
    }

    /// The blocks in one language, from the first to the last.
    func texts(in language: String) -> [String] {
        blocks.filter { $0.language == language }.map(\.text)
    }

    /// The block that is named so.
    func text(_ name: String) throws -> String {
        guard let block = blocks.first(where: { $0.name == name }) else {
            throw Failure("the page has no block \(name) but \(blocks.map(\.name))")
        }
        return block.text
    }
}

extension String {
    /// With each text replaced that stands in it.
    ///
    /// - Throws: Where one does not stand in it: the page has changed, and the test would run something else.
    func adapted(_ replacements: [(String, String)]) throws -> String {
        try replacements.reduce(self) { text, replacement in
            guard text.contains(replacement.0) else { throw Failure("\(replacement.0) is not in:\n\(text)") }
            return text.replacing(replacement.0, with: replacement.1)
        }
    }
}
