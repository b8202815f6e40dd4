// SPDX-License-Identifier: Apache-2.0

/// The status codes that replies have.
public enum Status: UInt16, Hashable, Sendable, CaseIterable {
    /// The answer is in the body.
    case ok = 200
    /// Something new exists.
    case created = 201
    /// The request will be acted on.
    case accepted = 202
    /// Done, and there is nothing to say.
    case noContent = 204
    /// The resource is at another address for now.
    case found = 302
    /// The answer is at another address, to be fetched with GET.
    case seeOther = 303
    /// What the client holds is current.
    case notModified = 304
    /// The request cannot be understood.
    case badRequest = 400
    /// Credentials are missing or wrong.
    case unauthorized = 401
    /// The credentials do not suffice.
    case forbidden = 403
    /// There is no such thing, or none that the caller may know of.
    case notFound = 404
    /// The resource does not have that method.
    case methodNotAllowed = 405
    /// The request did not arrive in time.
    case requestTimeout = 408
    /// The state of the resource does not allow it.
    case conflict = 409
    /// What was there is no longer kept.
    case gone = 410
    /// The body is larger than allowed.
    case contentTooLarge = 413
    /// The body is of a type that is not read here.
    case unsupportedMediaType = 415
    /// An expectation that cannot be met.
    case expectationFailed = 417
    /// The body is understood but its content is refused.
    case unprocessableContent = 422
    /// Too many requests from one source.
    case tooManyRequests = 429
    /// The head is larger than allowed.
    case headerFieldsTooLarge = 431
    /// The server failed.
    case internalServerError = 500
    /// The server cannot do this for any resource.
    case notImplemented = 501
    /// The server cannot answer now.
    case serviceUnavailable = 503
    /// Not HTTP/1.
    case versionNotSupported = 505

    /// Whether a reply with this status has a body. - Source: RFC 9110 §6.4.1
    public var allowsBody: Bool { self != .noContent && self != .notModified }

    /// The status line with its line end.
    var line: StaticString {
        switch self {
        case .ok: "HTTP/1.1 200 OK\r\n"
        case .created: "HTTP/1.1 201 Created\r\n"
        case .accepted: "HTTP/1.1 202 Accepted\r\n"
        case .noContent: "HTTP/1.1 204 No Content\r\n"
        case .found: "HTTP/1.1 302 Found\r\n"
        case .seeOther: "HTTP/1.1 303 See Other\r\n"
        case .notModified: "HTTP/1.1 304 Not Modified\r\n"
        case .badRequest: "HTTP/1.1 400 Bad Request\r\n"
        case .unauthorized: "HTTP/1.1 401 Unauthorized\r\n"
        case .forbidden: "HTTP/1.1 403 Forbidden\r\n"
        case .notFound: "HTTP/1.1 404 Not Found\r\n"
        case .methodNotAllowed: "HTTP/1.1 405 Method Not Allowed\r\n"
        case .requestTimeout: "HTTP/1.1 408 Request Timeout\r\n"
        case .conflict: "HTTP/1.1 409 Conflict\r\n"
        case .gone: "HTTP/1.1 410 Gone\r\n"
        case .contentTooLarge: "HTTP/1.1 413 Content Too Large\r\n"
        case .unsupportedMediaType: "HTTP/1.1 415 Unsupported Media Type\r\n"
        case .expectationFailed: "HTTP/1.1 417 Expectation Failed\r\n"
        case .unprocessableContent: "HTTP/1.1 422 Unprocessable Content\r\n"
        case .tooManyRequests: "HTTP/1.1 429 Too Many Requests\r\n"
        case .headerFieldsTooLarge: "HTTP/1.1 431 Request Header Fields Too Large\r\n"
        case .internalServerError: "HTTP/1.1 500 Internal Server Error\r\n"
        case .notImplemented: "HTTP/1.1 501 Not Implemented\r\n"
        case .serviceUnavailable: "HTTP/1.1 503 Service Unavailable\r\n"
        case .versionNotSupported: "HTTP/1.1 505 HTTP Version Not Supported\r\n"
        }
    }
}
