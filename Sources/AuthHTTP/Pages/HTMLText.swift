// SPDX-License-Identifier: Apache-2.0

/// Text as it stands in HTML.
///
/// - Source: HTML §13.1.2.3 and §13.3
package enum HTMLText {
    /// The text itself, between tags or between quotation marks.
    package static func escaped(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A sentence of ours in which backquotes enclose code.
    static func sentence(_ text: String) -> String {
        let parts = text.split(separator: "`", omittingEmptySubsequences: false)
        // An even number of parts would be an open quotation: it stands as it is.
        guard parts.count % 2 == 1 else { return escaped(text) }
        return parts.enumerated().map { index, part in
            index % 2 == 1 ? code(String(part)) : escaped(String(part))
        }.joined()
    }

    /// Paragraphs of ours, which empty lines separate.
    static func paragraphs(_ text: String) -> String {
        var paragraphs: [[Substring]] = [[]]
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty {
                paragraphs.append([])
            } else {
                paragraphs[paragraphs.count - 1].append(line)
            }
        }
        return paragraphs.filter { !$0.isEmpty }.map { "<p>\(sentence($0.joined(separator: " ")))</p>" }
            .joined(separator: "\n")
    }

    /// Code, a name or a value.
    static func code(_ text: String) -> String {
        "<code>\(escaped(text))</code>"
    }

    /// A link within the page.
    static func link(_ anchor: String, _ html: String) -> String {
        "<a href=\"#\(escaped(anchor))\">\(html)</a>"
    }

    /// A table whose cells are HTML; empty where there are no rows.
    static func table(_ label: String, _ heads: [String], _ rows: [[String]]) -> String {
        guard !rows.isEmpty else { return "" }
        let head = heads.map { "<th scope=\"col\">\(escaped($0))</th>" }.joined()
        let body = rows.map { row in
            "<tr>" + row.map { "<td>\($0)</td>" }.joined() + "</tr>"
        }.joined(separator: "\n")
        return """
            <div class="wide" role="region" aria-label="\(escaped(label))" tabindex="0"><table>
            <thead><tr>\(head)</tr></thead>
            <tbody>
            \(body)
            </tbody>
            </table></div>
            """
    }
}
