// SPDX-License-Identifier: Apache-2.0

/// The kinds of request body that are read.
enum BodyFormat: Hashable, Sendable {
    /// `application/json`, in UTF-8.
    case json
    /// `application/x-www-form-urlencoded`, in UTF-8.
    case form

    /// Recognises a `Content-Type` value; `nil` for another type, another charset, or a value that is not one.
    ///
    /// - Source: RFC 9110 §8.3.1
    init?(contentType: String) {
        let parts = contentType.split(separator: ";", omittingEmptySubsequences: false).map { part in
            part.drop(while: Self.isSpace).reversed().drop(while: Self.isSpace).reversed()
        }.map { String($0).lowercased() }
        switch parts.first {
        case "application/json": self = .json
        case "application/x-www-form-urlencoded": self = .form
        default: return nil
        }
        for parameter in parts.dropFirst() where parameter.hasPrefix("charset=") {
            let charset = parameter.dropFirst("charset=".count)
            guard charset == "utf-8" || charset == "\"utf-8\"" else { return nil }
        }
    }

    private static func isSpace(_ character: Character) -> Bool {
        character == " " || character == "\t"
    }

    /// The media type without parameters.
    var contentType: String {
        switch self {
        case .json: "application/json"
        case .form: "application/x-www-form-urlencoded"
        }
    }
}
