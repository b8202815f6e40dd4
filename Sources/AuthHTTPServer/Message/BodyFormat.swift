// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// The kinds of request body that are read.
package enum BodyFormat: Hashable, Sendable {
    /// `application/json`, in UTF-8.
    case json
    /// `application/x-www-form-urlencoded`, in UTF-8.
    case form

    /// Recognises a `Content-Type` value; `nil` for another type, another charset, or a value that breaks the grammar.
    ///
    /// The only charset is UTF-8, in any letter case and quoted or not. Other parameters have no effect.
    ///
    /// - Source: RFC 9110 §5.6.6, §8.3.1
    package init?(contentType: String) {
        var scanner = FieldScanner(contentType.utf8)
        guard let type = scanner.token(), scanner.take(UInt8(ascii: "/")), let subtype = scanner.token(),
            ASCIICase.matches(type, lowercase: "application")
        else { return nil }
        if ASCIICase.matches(subtype, lowercase: "json") {
            self = .json
        } else if ASCIICase.matches(subtype, lowercase: "x-www-form-urlencoded") {
            self = .form
        } else {
            return nil
        }
        scanner.skipSpace()
        while !scanner.isAtEnd {
            guard scanner.take(UInt8(ascii: ";")) else { return nil }
            scanner.skipSpace()
            // A semicolon need not be followed by a parameter.
            guard let name = scanner.token() else { continue }
            guard scanner.take(UInt8(ascii: "=")),
                let value = scanner.next == UInt8(ascii: "\"") ? scanner.quotedString() : scanner.token()
            else { return nil }
            guard !ASCIICase.matches(name, lowercase: "charset") || ASCIICase.matches(value, lowercase: "utf-8") else {
                return nil
            }
            scanner.skipSpace()
        }
    }

    /// The media type without parameters.
    package var contentType: String {
        switch self {
        case .json: "application/json"
        case .form: "application/x-www-form-urlencoded"
        }
    }
}
