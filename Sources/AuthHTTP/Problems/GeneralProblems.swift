// SPDX-License-Identifier: Apache-2.0

internal import AuthHTTPServer

/// Problems that any route can have.
extension ProblemKind {
    static let general: [ProblemKind] = [
        .malformedRequest, .malformedJSON, .malformedForm, .invalidQuery, .requestTimeout, .bodyTooLarge,
        .unsupportedMediaType, .expectationFailed, .headersTooLarge, .notImplemented, .versionNotSupported, .forbidden,
        .notFound, .methodNotAllowed, .validationFailed, .overloaded, .unavailable, .mailUnavailable, .internalError,
    ]

    package static let malformedRequest = ProblemKind(
        code: "malformed_request", status: .badRequest, title: "Malformed request",
        detail: "The request could not be understood.",
        advice:
            "The request line or a header field breaks HTTP/1.1, or the path has two readings (empty or dot "
            + "segments, an encoded slash, a broken escape). Sent as it is, it will fail again.")

    package static let malformedJSON = ProblemKind(
        code: "malformed_json", status: .badRequest, title: "Malformed JSON",
        detail: "The body is not one JSON object with unique names.",
        advice: "Bodies are read strictly: one object, UTF-8, no name twice, no trailing text, at most 16 levels deep.")

    package static let malformedForm = ProblemKind(
        code: "malformed_form", status: .badRequest, title: "Malformed form",
        detail: "The body is not a form with unique names.",
        advice: "Forms are read strictly: UTF-8, whole percent escapes, no name twice, at most 64 fields.")

    package static let invalidQuery = ProblemKind(
        code: "invalid_query", status: .badRequest, title: "Invalid query",
        detail: "A query parameter is unknown to this route, repeated or out of range.",
        advice: "`errors` names the parameters. Unknown sort fields and cursors of another list are refused as well.")

    package static let requestTimeout = ProblemKind(
        code: "request_timeout", status: .requestTimeout, title: "Request timeout",
        detail: "The request did not arrive in time.",
        advice: "The connection was closed. Send the request again on a new one.")

    package static let bodyTooLarge = ProblemKind(
        code: "body_too_large", status: .contentTooLarge, title: "Body too large",
        detail: "The body is larger than this server accepts.",
        advice: "The limit is 64 KiB unless configured otherwise.")

    package static let unsupportedMediaType = ProblemKind(
        code: "unsupported_media_type", status: .unsupportedMediaType, title: "Unsupported media type",
        detail: "This route does not read bodies of that type.",
        advice:
            "Send `Content-Type: application/json`, or `application/x-www-form-urlencoded` where the route reads "
            + "forms; the only charset is UTF-8.")

    package static let expectationFailed = ProblemKind(
        code: "expectation_failed", status: .expectationFailed, title: "Expectation failed",
        detail: "The only expectation that is met is 100-continue.",
        advice: "Leave the `Expect` field out.")

    package static let headersTooLarge = ProblemKind(
        code: "headers_too_large", status: .headerFieldsTooLarge, title: "Header fields too large",
        detail: "The header fields are larger or more than this server accepts.",
        advice: "All header fields together must stay under 32 KiB and 100 fields unless configured otherwise.")

    package static let notImplemented = ProblemKind(
        code: "not_implemented", status: .notImplemented, title: "Not implemented",
        detail: "The only transfer coding that is read is chunked.",
        advice: "Send the body with `Content-Length` or in chunks.")

    package static let versionNotSupported = ProblemKind(
        code: "version_not_supported", status: .versionNotSupported, title: "HTTP version not supported",
        detail: "This server speaks HTTP/1.1.",
        advice: "Put a proxy that speaks other versions in front.")

    package static let forbidden = ProblemKind(
        code: "forbidden", status: .forbidden, title: "Forbidden",
        detail: "This is not allowed.",
        advice: "The rule that refuses does not depend on the token's scope.")

    package static let notFound = ProblemKind(
        code: "not_found", status: .notFound, title: "Not found",
        detail: "There is no such resource.",
        advice: "Also the answer for what exists but is not the caller's to know of.")

    package static let methodNotAllowed = ProblemKind(
        code: "method_not_allowed", status: .methodNotAllowed, title: "Method not allowed",
        detail: "The resource does not have this method.",
        advice: "`Allow` lists the methods.")

    package static let validationFailed = ProblemKind(
        code: "validation_failed", status: .unprocessableContent, title: "Validation failed",
        detail: "Some fields are missing or not acceptable.",
        advice: "`errors` lists every field that is wrong, each with a code and a message.")

    package static let overloaded = ProblemKind(
        code: "overloaded", status: .serviceUnavailable, title: "Overloaded",
        detail: "The server is busy. Try again later.",
        advice:
            "Password hashing has a bounded queue, and so have those who wait for changes; it is full. Wait as "
            + "many seconds as `Retry-After` says.")

    package static let unavailable = ProblemKind(
        code: "unavailable", status: .serviceUnavailable, title: "Unavailable",
        detail: "The service cannot be reached at the moment. Try again later.",
        advice: "The database cannot be reached, or this process lost touch with it. Wait as `Retry-After` says.")

    package static let mailUnavailable = ProblemKind(
        code: "mail_unavailable", status: .serviceUnavailable, title: "Mail unavailable",
        detail: "This needs mail, and the server has no way to send any.",
        advice: "The operator has to configure a mail server (`SMTP_HOST`).")

    package static let internalError = ProblemKind(
        code: "internal_error", status: .internalServerError, title: "Internal error",
        detail: "The server failed. The request id helps its operator to find out why.",
        advice: "A defect. The log has the cause under the request id that stands in `instance`.")
}
