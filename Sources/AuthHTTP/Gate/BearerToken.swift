// SPDX-License-Identifier: Apache-2.0

/// Finds the token in an `Authorization` field.
///
/// - Source: RFC 6750 §2.1. Tokens in the body or the query are not read: they end up in logs.
enum BearerToken {
    /// `nil` if there is no `Authorization` field, or one of another scheme.
    ///
    /// - Throws: `.malformedRequest` for several fields; `.invalidToken` for an empty token.
    static func find(in fields: KeyFields) throws(Refusal) -> String? {
        guard !fields.hasRepeatedAuthorization else { throw Refusal(.malformedRequest) }
        guard let value = fields.authorization else { return nil }
        let bytes = value.utf8
        guard bytes.count >= 7, HTTPSyntax.matches(String(value.prefix(7)), lowercase: "bearer ") else { return nil }
        guard bytes.count > 7 else { throw Refusal(.invalidToken) }
        // Which bytes a token may have is for its reader to say; looking at each of them twice would be felt here.
        return String(Substring(bytes.dropFirst(7)))
    }
}
