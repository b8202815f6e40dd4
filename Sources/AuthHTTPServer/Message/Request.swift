// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import HTTPTypes
internal import NIOHTTP1

/// One request: its head when it is to be admitted, and its body with it when it is to be answered.
public struct Request: Sendable {
    /// The method; `nil` for one that no route can have.
    public let method: RequestMethod?
    /// The request target as received, in origin form.
    public let target: String
    /// The other end of the connection; `nil` when it has no IP address.
    public let peer: IPAddress?
    /// The whole body, already bounded by the server.
    ///
    /// Empty while only the head has been read.
    public package(set) var body: [UInt8]
    /// Whether the head declares a body over the server's limit: to be refused, unless its route ignores bodies.
    public let isBodyTooLarge: Bool

    let headers: HTTPHeaders

    init(
        method: RequestMethod?, target: String, headers: HTTPHeaders, body: [UInt8] = [], peer: IPAddress?,
        isBodyTooLarge: Bool = false
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.peer = peer
        self.isBodyTooLarge = isBodyTooLarge
    }

    /// The head of a request that another server has read.
    ///
    /// - Parameters:
    ///   - request: As it was read, its fields not merged.
    ///   - peer: The socket's other end, not an address taken from a header.
    public init(_ request: HTTPRequest, peer: IPAddress?) {
        var headers = HTTPHeaders()
        headers.reserveCapacity(request.headerFields.count + 1)
        if let authority = request.authority {
            headers.add(name: "host", value: authority)
        }
        for field in request.headerFields {
            headers.add(name: field.name.rawName, value: field.value)
        }
        self.init(
            method: RequestMethod(rawValue: request.method.rawValue), target: request.path ?? "/", headers: headers,
            peer: peer)
    }

    /// The value of a field that must not be repeated; `nil` when it is absent.
    package func field(_ name: String) -> String? {
        headers.first(name: name)
    }

    /// All values of a field in order of appearance.
    package func fields(_ name: String) -> [String] {
        headers[name]
    }
}
