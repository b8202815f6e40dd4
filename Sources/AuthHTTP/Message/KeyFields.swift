// SPDX-License-Identifier: Apache-2.0

internal import NIOHTTP1

/// The header fields that every request is looked at for, found in one pass without creating strings.
struct KeyFields {
    /// The `Authorization` value; the last one when it is repeated.
    var authorization: String?
    /// Whether there is more than one `Authorization` field, which no honest client sends.
    var hasRepeatedAuthorization = false
    /// The `Origin` of a browser's cross-origin request.
    var origin: String?
    /// Whether there is a `Cookie` field; only few requests have to look into it.
    var hasCookie = false
    /// The identifier a client or proxy gave to the request.
    var requestID: String?

    init(_ headers: HTTPHeaders) {
        for (name, value) in headers {
            switch name.utf8.count {
            case 13 where HTTPSyntax.matches(name, lowercase: "authorization"):
                hasRepeatedAuthorization = authorization != nil
                authorization = value
            case 6 where HTTPSyntax.matches(name, lowercase: "origin"):
                origin = value
            case 6 where HTTPSyntax.matches(name, lowercase: "cookie"):
                hasCookie = true
            case 12 where HTTPSyntax.matches(name, lowercase: "x-request-id"):
                requestID = value
            default:
                continue
            }
        }
    }
}
