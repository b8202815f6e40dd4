// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import NIOHTTP1

/// The header fields that matter for every request, found in one pass without making strings.
package struct ParsedHeaders: Sendable {
    /// The `Authorization` value; the last one when it is repeated.
    package var authorization: String?
    /// Whether there is more than one `Authorization` field, which no honest client sends.
    package var hasRepeatedAuthorization = false
    /// The `Origin` of a browser's cross-origin request; `nil` where it is repeated, which no browser does.
    package var origin: String?
    /// Whether there is a `Cookie` field; only few requests have to look into it.
    package var hasCookie = false
    /// The identifier a client or proxy gave to the request; `nil` where there are several.
    package var requestID: String?

    /// The fields of a request.
    package init(_ request: Request) {
        self.init(request.headers)
    }

    init(_ headers: HTTPHeaders) {
        var origins = 0
        var requestIDs = 0
        for (name, value) in headers {
            switch name.utf8.count {
            case 13 where ASCIICase.matches(name, lowercase: "authorization"):
                hasRepeatedAuthorization = hasRepeatedAuthorization || authorization != nil
                authorization = value
            case 6 where ASCIICase.matches(name, lowercase: "origin"):
                origin = value
                origins += 1
            case 6 where ASCIICase.matches(name, lowercase: "cookie"):
                hasCookie = true
            case 12 where ASCIICase.matches(name, lowercase: "x-request-id"):
                requestID = value
                requestIDs += 1
            default:
                continue
            }
        }
        if origins > 1 { origin = nil }
        if requestIDs > 1 { requestID = nil }
    }
}
