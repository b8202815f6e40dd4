// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// The cookies that a browser sent with a request. - Source: RFC 6265 §5.4
package struct Cookies: Sendable {
    /// Every `Cookie` field; a proxy from HTTP/2 may have split one into several (RFC 9113 §8.2.3).
    private let fields: [String]

    package init(_ request: Request) {
        fields = request.fields("cookie")
    }

    /// The value of a cookie; `nil` when it is absent, and when it was sent with two different values.
    ///
    /// A second value is one that a sibling host or an insecure page has set, and the two cannot be told apart.
    /// Quotation marks are part of the value, as they are for browsers.
    package func value(_ name: String) -> String? {
        var found: Substring?
        for field in fields {
            for pair in field.utf8.split(separator: UInt8(ascii: ";")) {
                guard let equals = pair.firstIndex(of: UInt8(ascii: "=")),
                    FieldList.trimmed(pair[..<equals]).elementsEqual(name.utf8)
                else { continue }
                let value = Substring(FieldList.trimmed(pair[pair.index(after: equals)...]))
                if let found, !found.hasSameOctets(as: value) { return nil }
                found = value
            }
        }
        return found.map(String.init)
    }

    /// The names that begin so, each once, in the order in which the browser sent them.
    ///
    /// They are the client's text: whatever stands behind the beginning must be checked.
    package func names(beginningWith prefix: String) -> [String] {
        var names: [String] = []
        var seen: Set<WireText> = []
        for field in fields {
            for pair in field.utf8.split(separator: UInt8(ascii: ";")) {
                guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { continue }
                let octets = FieldList.trimmed(pair[..<equals])
                guard octets.starts(with: prefix.utf8) else { continue }
                let name = String(Substring(octets))
                if seen.insert(WireText(name)).inserted { names.append(name) }
            }
        }
        return names
    }
}
