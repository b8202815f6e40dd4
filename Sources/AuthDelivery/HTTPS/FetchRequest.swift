// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// One request that a fetcher makes, with its bounds.
public struct FetchRequest: Sendable {
    /// What is asked of the server.
    public enum Method: Hashable, Sendable {
        /// Reads.
        case get
        /// Sends a body, once: a connection that is lost does not have it sent again.
        case post([UInt8], contentType: String)
    }

    /// Absolute, in printable ASCII.
    public let url: String
    /// What is asked of the server.
    public let method: Method
    /// The media types that the answer may have.
    public var accept = "application/json"
    /// Further header fields; those that say how the message is framed or where it goes are refused.
    public var fields: [(name: String, value: String)] = []
    /// The longest body of an answer that is read.
    public var maximumBytes = 65_536
    /// The bound on all of it: name look-up, connection, redirects, the last octet.
    public var timeout = Duration.seconds(10)
    /// How many redirects a GET may follow, at most three: each to a URL that the fetcher's destinations permit, and from
    /// `https` to `https` only.
    ///
    /// ``fields`` go to the origin of ``url`` alone.
    public var maximumRedirects = 0

    /// Describes a request.
    public init(_ method: Method, _ url: String) {
        self.method = method
        self.url = url
    }

    /// More redirects than these are never followed.
    static let mostRedirects = 3

    /// The header fields that the fetcher sets itself.
    private static let ownFields: [StaticString] = [
        "accept", "connection", "content-length", "content-type", "expect", "host", "keep-alive", "proxy-authorization",
        "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    ]

    /// Whether each field can be sent as one line of its own that says nothing of the framing.
    var hasUsableFields: Bool {
        fields.allSatisfy { name, value in
            !name.isEmpty && name.utf8.count <= 64 && name.utf8.allSatisfy { HeaderText.isTokenText($0) }
                && !Self.ownFields.contains { ASCIICase.matches(name, lowercase: $0) } && Self.isValue(value)
        } && Self.isValue(accept) && Self.isValue(contentType ?? "-")
    }

    var contentType: String? {
        switch method {
        case .get: nil
        case .post(_, let contentType): contentType
        }
    }

    /// RFC 9110 §5.5, in ASCII, and not empty: libcurl takes a field without a value for one to leave out.
    private static func isValue(_ value: String) -> Bool {
        guard let first = value.utf8.first, let last = value.utf8.last, value.utf8.count <= 8_192 else { return false }
        return first != 0x20 && last != 0x20 && value.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    }
}

extension FetchRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A constant: the fields and the body may hold secrets.
    public var description: String { "FetchRequest(redacted)" }
    /// A constant.
    public var debugDescription: String { description }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
