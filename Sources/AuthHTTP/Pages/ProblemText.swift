// SPDX-License-Identifier: Apache-2.0

internal import AuthHTTPServer

/// A problem's description in HTML, from the same row as its document and `docs/errors.md`.
enum ProblemText {
    /// The anchor of a problem in a list.
    static func anchor(_ kind: ProblemKind) -> String { "problem-\(kind.slug)" }

    /// What is said of a problem besides its title.
    static func html(_ kind: ProblemKind) -> String {
        let detail = kind.detail.utf8.last == UInt8(ascii: ".") ? kind.detail : kind.detail + "."
        return """
            <dl><dt>Code</dt><dd>\(HTMLText.code(kind.code))</dd><dt>Status</dt><dd>\(kind.status.rawValue)</dd></dl>
            <p>\(HTMLText.sentence(detail))</p>
            <p>\(HTMLText.sentence(kind.advice))</p>
            """
    }

    /// The content of the problem's own page.
    static func content(_ kind: ProblemKind) -> String {
        "<h1>\(HTMLText.escaped(kind.title))</h1>\n\(html(kind))"
    }
}
