// SPDX-License-Identifier: Apache-2.0

internal import NIOHTTP1

/// The methods that a route can be declared for.
///
/// Any other method is answered 405 or 404, never executed.
public enum RequestMethod: String, Hashable, Sendable, CaseIterable {
    /// Safe: changes nothing.
    case get = "GET"
    /// As GET, without the body.
    case head = "HEAD"
    /// Anything that is not one of the others.
    case post = "POST"
    /// Replaces.
    case put = "PUT"
    /// Changes the fields that are named.
    case patch = "PATCH"
    /// Removes.
    case delete = "DELETE"
    /// Asks for the methods that are allowed.
    case options = "OPTIONS"
}

extension RequestMethod {
    /// `nil` for a method that no route can have.
    init?(_ method: HTTPMethod) {
        switch method {
        case .GET: self = .get
        case .HEAD: self = .head
        case .POST: self = .post
        case .PUT: self = .put
        case .PATCH: self = .patch
        case .DELETE: self = .delete
        case .OPTIONS: self = .options
        default: return nil
        }
    }
}
