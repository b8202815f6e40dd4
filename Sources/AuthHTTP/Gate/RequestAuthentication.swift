// SPDX-License-Identifier: Apache-2.0

internal import AuthHTTPServer
public import AuthService
public import HTTPTypes

/// What ``AuthAPI/authenticate(_:peer:requiring:limit:)`` has decided about a request.
public enum RequestAuthentication: Sendable {
    /// The caller, who meets the requirement; the route answers, and its response gets `fields`.
    ///
    /// They let a page of `HTTPConfiguration.allowedOrigins` read the response, and tell the client what is left of the limit.
    case principal(Principal, fields: HTTPFields)
    /// The response in place of the route's: a problem document (RFC 9457), with all its fields. HEAD gets no body.
    case refused(HTTPResponse, body: [UInt8])
}

extension RequestAuthentication {
    /// Admits a caller; the names of the fields are our own.
    static func admitting(_ principal: Principal, fields: [(name: String, value: String)]) -> Self {
        var named = HTTPFields()
        for field in fields {
            guard let name = HTTPField.Name(field.name) else { continue }
            named.append(HTTPField(name: name, value: field.value))
        }
        return .principal(principal, fields: named)
    }

    /// Refuses with a reply of this interface.
    static func refusing(_ reply: Reply) -> Self {
        .refused(reply.httpResponse, body: reply.body)
    }
}
