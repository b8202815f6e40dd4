// SPDX-License-Identifier: Apache-2.0

public import HTTPTypes
internal import NIOHTTP1

/// One request, as both doors see it.
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
    public internal(set) var body: [UInt8]

    let headers: HTTPHeaders

    init(method: RequestMethod?, target: String, headers: HTTPHeaders, body: [UInt8] = [], peer: IPAddress?) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.peer = peer
    }

    /// A request that another server has read.
    ///
    /// - Parameters:
    ///   - request: As it was read, its fields not merged.
    ///   - body: Bounded by the caller; it is not checked again.
    ///   - peer: The socket's other end, not an address taken from a header.
    public init(_ request: HTTPRequest, body: [UInt8], peer: IPAddress?) {
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
            body: body, peer: peer)
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
