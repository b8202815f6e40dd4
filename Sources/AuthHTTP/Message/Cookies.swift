// SPDX-License-Identifier: Apache-2.0

/// The cookies that a browser sent with a request. - Source: RFC 6265 §5.4
struct Cookies {
    /// Every `Cookie` field; a proxy from HTTP/2 may have split one into several (RFC 9113 §8.2.3).
    private let fields: [String]

    init(_ request: Request) {
        fields = request.fields("cookie")
    }

    /// The value of a cookie; `nil` when it is absent, and when it was sent with two different values.
    ///
    /// A second value is one that a neighbouring host or an insecure page has planted, and nothing tells which is ours.
    func value(_ name: String) -> String? {
        var found: Substring?
        for field in fields {
            for pair in field.split(separator: ";") {
                guard let equals = pair.firstIndex(of: "="),
                    Self.trimmed(pair[..<equals]).utf8.elementsEqual(name.utf8)
                else { continue }
                let value = Self.trimmed(pair[pair.index(after: equals)...])
                guard found == nil || found == value else { return nil }
                found = value
            }
        }
        return found.map(String.init)
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}
