// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer

/// Finds the token in an `Authorization` field.
///
/// - Source: RFC 6750 §2.1, RFC 9110 §11.4. Tokens in the body or the query are not read: they end up in logs.
enum BearerToken {
    /// `nil` if there is no `Authorization` field, one of another scheme, or the scheme alone.
    ///
    /// - Throws: `.malformedRequest` for several fields; `.invalidToken` for an empty token.
    static func find(in fields: ParsedHeaders) throws(Refusal) -> String? {
        guard !fields.hasRepeatedAuthorization else { throw Refusal(.malformedRequest) }
        guard let value = fields.authorization else { return nil }
        let octets = value.utf8
        guard ASCIICase.matches(Substring(octets.prefix(6)), lowercase: "bearer") else { return nil }
        let rest = octets.dropFirst(6)
        guard rest.first == 0x20 else { return nil }
        // One space or several separate the scheme from the token.
        let token = rest.drop { $0 == 0x20 }
        guard !token.isEmpty else { throw Refusal(.invalidToken) }
        // Which octets a token may have is for its reader to say; looking at each of them twice would be felt here.
        return String(Substring(token))
    }
}
