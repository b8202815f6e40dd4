// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport

/// A page as its tags.
struct HTMLPage {
    /// One opening tag.
    struct Element {
        let name: String
        let attributes: [String: String]
    }

    private(set) var elements: [Element] = []
    /// The text between tags, and the content of scripts and styles.
    private(set) var text = ""

    private static let void: Set<String> = ["meta", "link", "br", "img", "input", "hr"]

    /// Reads a page of ours.
    ///
    /// - Throws: Where a tag is left open or closes another, or an attribute has no quotation marks.
    init(_ html: String) throws {
        var open: [String] = []
        var rest = html[...]
        while let start = rest.firstIndex(of: "<") {
            text += rest[..<start]
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
                attributes[String(match.output.1)] = String(match.output.2 ?? "")
            }
            guard pairs.replacing(#/ ([a-z-]+)(?:="([^"]*)")?(?= |$)/#, with: "").isEmpty else {
                throw Failure("attributes of <\(tag)>")
            }
            elements.append(Element(name: name, attributes: attributes))
            if !Self.void.contains(name) { open.append(name) }
        }
        text += rest
        guard open.isEmpty else { throw Failure("left open: \(open)") }
    }

    /// All values of an attribute.
    func values(of attribute: String) -> [String] {
        elements.compactMap { $0.attributes[attribute] }
    }
}
