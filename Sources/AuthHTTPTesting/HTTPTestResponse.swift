// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import HTTPTypes

/// What a client of a test saw of a response.
public struct HTTPTestResponse: Sendable {
    /// The status code.
    public let status: Int
    /// The header fields.
    public let fields: HTTPFields
    /// The body.
    public let body: [UInt8]

    /// The body as text.
    public var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as JSON; `nil` if it is none.
    public var json: JSONValue? { try? JSONReader.read(body) }

    /// The `code` of a problem document; `nil` for any other body.
    public var problem: String? {
        fields[.contentType]?.hasSameOctets(as: "application/problem+json") == true ? self["code"] : nil
    }

    /// The text of a member of the body; `nil` where the body is no JSON object, or has no text of that name.
    public subscript(member: String) -> String? { json?.objectValue?[member]?.stringValue }

    package init(_ head: HTTPResponse, body: [UInt8]) {
        status = head.status.code
        fields = head.headerFields
        self.body = body
    }
}
