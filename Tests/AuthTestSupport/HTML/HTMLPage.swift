// SPDX-License-Identifier: Apache-2.0

/// A page as its tags.
package struct HTMLPage: Sendable {
    /// One opening tag.
    package struct Element: Sendable {
        package let name: String
        package let attributes: [String: String]
        /// The names of the elements around it, from the outermost.
        package let parents: [String]
        /// How many octets of the page's text come before it.
        package let offset: Int
    }

    package private(set) var elements: [Element] = []
    /// The text between tags, and the content of scripts and styles.
    package private(set) var text = ""

    private static let void: Set<String> = ["meta", "link", "br", "img", "input", "hr"]

    /// Reads a page of ours.
    ///
    /// - Throws: Where a tag is left open or closes another, an attribute has no quotation marks or stands twice, or a character
    ///   between tags should be a reference.
    package init(_ html: String) throws {
        var open: [String] = []
        var rest = html[...]
        while let start = rest.firstIndex(of: "<") {
            let between = rest[..<start]
            if open.last != "style", open.last != "script" { try Self.checkReferences(between) }
            text += between
            guard let end = rest[start...].firstIndex(of: ">") else {
                throw Failure("no end of \(rest[start...].prefix(80))")
            }
            let tag = rest[rest.index(after: start)..<end]
            rest = rest[rest.index(after: end)...]
            if tag.first == "!" { continue }
            if tag.first == "/" {
                guard open.popLast() == String(tag.dropFirst()) else { throw Failure("</\(tag)> closes \(open)") }
                continue
            }
            let name = String(tag.prefix { $0 != " " })
            var attributes: [String: String] = [:]
            let pairs = tag.dropFirst(name.count)
            for match in pairs.matches(of: #/ ([a-z-]+)(?:="([^"]*)")?(?= |$)/#) {
                let value = match.output.2 ?? ""
                try Self.checkReferences(value)
                guard attributes.updateValue(String(value), forKey: String(match.output.1)) == nil else {
                    throw Failure("\(match.output.1) stands twice in <\(tag)>")
                }
            }
            guard pairs.replacing(#/ ([a-z-]+)(?:="([^"]*)")?(?= |$)/#, with: "").isEmpty else {
                throw Failure("attributes of <\(tag)>")
            }
            elements.append(Element(name: name, attributes: attributes, parents: open, offset: text.utf8.count))
            if !Self.void.contains(name) { open.append(name) }
        }
        text += rest
        guard open.isEmpty else { throw Failure("left open: \(open)") }
    }

    /// All values of an attribute.
    package func values(of attribute: String) -> [String] {
        elements.compactMap { $0.attributes[attribute] }
    }

    /// A bare ampersand, `<` or `>` is text that was not escaped, also with a combining mark behind it.
    private static func checkReferences(_ text: Substring) throws {
        let parts = text.utf8.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false)
        let areReferences = parts.dropFirst().allSatisfy { part in
            guard let end = part.firstIndex(of: UInt8(ascii: ";")), end != part.startIndex else { return false }
            return part[..<end].allSatisfy { $0 == UInt8(ascii: "#") || 0x30...0x39 ~= $0 || 0x61...0x7A ~= $0 }
        }
        guard areReferences, !text.utf8.contains(UInt8(ascii: "<")), !text.utf8.contains(UInt8(ascii: ">")) else {
            throw Failure("not escaped: \(text.prefix(80))")
        }
    }
}
