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
            "The request line or a header field violates HTTP/1.1, or the path is ambiguous (empty or dot "
            + "segments, an encoded slash, an invalid escape). Do not retry unchanged.")

    package static let malformedJSON = ProblemKind(
        code: "malformed_json", status: .badRequest, title: "Malformed JSON",
        detail: "The body is not a JSON object with unique member names.",
        advice: "Bodies are read strictly: one object, UTF-8, unique names, no trailing text, at most 16 levels deep.")

    package static let malformedForm = ProblemKind(
        code: "malformed_form", status: .badRequest, title: "Malformed form",
        detail: "The body is not a form with unique names.",
        advice: "Forms are read strictly: UTF-8, complete percent escapes, unique names, at most 64 fields.")

    package static let invalidQuery = ProblemKind(
        code: "invalid_query", status: .badRequest, title: "Invalid query",
        detail: "A query parameter is unknown to this route, repeated or out of range.",
        advice: "`errors` names the parameters. Unknown sort fields and cursors of other lists are rejected too.",
        listsErrors: true)

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
            "Send `Content-Type: application/json`, or `application/x-www-form-urlencoded` where the route "
            + "reads forms; the only charset is UTF-8.")

    package static let expectationFailed = ProblemKind(
        code: "expectation_failed", status: .expectationFailed, title: "Expectation failed",
        detail: "Only the expectation `100-continue` is supported.",
        advice: "Omit the `Expect` field.")

    package static let headersTooLarge = ProblemKind(
        code: "headers_too_large", status: .headerFieldsTooLarge, title: "Header fields too large",
        detail: "The header fields are too large or too many.",
        advice: "The limits are 32 KiB and 100 header fields unless configured otherwise.")

    package static let notImplemented = ProblemKind(
        code: "not_implemented", status: .notImplemented, title: "Unsupported transfer coding",
        detail: "Only the transfer coding `chunked` is supported.",
        advice: "Send the body with `Content-Length` or in chunks.")

    package static let versionNotSupported = ProblemKind(
        code: "version_not_supported", status: .versionNotSupported, title: "HTTP version not supported",
        detail: "This server speaks HTTP/1.1.",
        advice: "Send HTTP/1.1, or use a reverse proxy that accepts other versions.")

    package static let forbidden = ProblemKind(
        code: "forbidden", status: .forbidden, title: "Forbidden",
        detail: "The server does not know the client's address and rejects the request.",
        advice:
            "Requests of this kind are limited by the client's address. It is unknown behind a Unix socket or a proxy "
            + "without a trusted header; the operator has to check `TRUSTED_PROXIES`. Another token does not help.")

    package static let notFound = ProblemKind(
        code: "not_found", status: .notFound, title: "Not found",
        detail: "The resource does not exist.",
        advice: "Also returned for resources that the caller may not see.")

    package static let methodNotAllowed = ProblemKind(
        code: "method_not_allowed", status: .methodNotAllowed, title: "Method not allowed",
        detail: "The resource does not support this method.",
        advice: "`Allow` lists the methods.")

    package static let validationFailed = ProblemKind(
        code: "validation_failed", status: .unprocessableContent, title: "Validation failed",
        detail: "Some fields are missing or invalid.",
        advice: "`errors` lists every invalid field with a code and a message.", listsErrors: true)

    package static let overloaded = ProblemKind(
        code: "overloaded", status: .serviceUnavailable, title: "Overloaded",
        detail: "The server is busy. Try again later.",
        advice:
            "The queue for password hashing or for mails is full, too many connections are open, or too many clients are "
            + "waiting at `/auth/changes`. Wait for the number of seconds in `Retry-After`.")

    package static let unavailable = ProblemKind(
        code: "unavailable", status: .serviceUnavailable, title: "Unavailable",
        detail: "The service is temporarily unavailable. Try again later.",
        advice:
            "The server cannot reach its database, or has not heard of revocations for too long. Wait for the number "
            + "of seconds in `Retry-After`.")

    package static let mailUnavailable = ProblemKind(
        code: "mail_unavailable", status: .serviceUnavailable, title: "Mail unavailable",
        detail: "The server cannot send mail.",
        advice: "The operator has to configure a mail server (`SMTP_HOST`).")

    package static let internalError = ProblemKind(
        code: "internal_error", status: .internalServerError, title: "Internal error",
        detail: "An internal error occurred. Give the request id to the operator.",
        advice: "This is a bug in the server. The log has the cause under the request id in `instance`.")
}
