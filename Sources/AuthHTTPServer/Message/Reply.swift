// SPDX-License-Identifier: Apache-2.0

public import HTTPTypes

/// One answer, before a server or an adapter writes it.
///
/// Without `Content-Length`, `Connection` and `Date`, which the writer adds.
public struct Reply: Sendable {
    /// The status code.
    public var status: Status
    /// The body; for a HEAD request the one that GET would have.
    public var body: [UInt8]

    /// The fields shared with other replies.
    package var block: HeaderBlock
    /// The fields of this reply alone, with lower-case names.
    package var fields: [(name: String, value: String)]
    /// The true reason of a refusal, as one of the service's codes: for the log, never for the caller.
    package var reason: String?
    /// Sent as `X-Request-ID`; set when the reply leaves the handler.
    package var requestID: RequestID?

    package init(
        _ status: Status, _ block: HeaderBlock, fields: [(name: String, value: String)] = [], body: [UInt8] = []
    ) {
        self.status = status
        self.block = block
        self.fields = fields
        self.body = body
    }

    /// The reply for a server that speaks HTTPTypes; the caller sends ``body`` beside it unless the method was HEAD.
    public var httpResponse: HTTPResponse {
        var response = HTTPResponse(status: .init(code: Int(status.rawValue)))
        for field in block.fields + fields {
            guard let name = HTTPField.Name(field.name) else { continue }
            response.headerFields.append(HTTPField(name: name, value: field.value))
        }
        if let requestID, let name = HTTPField.Name("x-request-id") {
            response.headerFields[name] = requestID.description
        }
        return response
    }
}
