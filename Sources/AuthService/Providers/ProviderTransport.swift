// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// How the service reaches identity providers.
///
/// The URLs come from the settings and from the documents that they name: an implementation connects to public addresses, or to
/// those that the operator has allowed, over TLS, and nowhere else.
public protocol ProviderTransport: Sendable {
    /// Sends one request, within ten seconds, and returns the answer of whatever status.
    ///
    /// No redirect is followed. A POST is sent once.
    ///
    /// - Throws: `.unreachable`, `.timedOut`, `.refusedAddress` for a URL or an address that is not allowed, `.answerTooLong`
    ///   for a body longer than ``ProviderRequest/maximumBytes``.
    func send(_ request: ProviderRequest) async throws(ProviderFault) -> ProviderResponse
}

/// One request to an identity provider.
public struct ProviderRequest: Sendable {
    /// What is asked.
    public enum Method: Sendable {
        /// Reads.
        case get
        /// Sends a form, in this order.
        case post([(String, String)])
    }

    /// What is asked.
    public let method: Method
    /// Absolute.
    public let url: String
    /// Further header fields, `Accept` among them.
    public let fields: [(name: String, value: String)]
    /// The longest body of an answer that is read.
    public let maximumBytes: Int

    /// Describes a request.
    public init(
        _ method: Method, _ url: String, fields: [(name: String, value: String)] = [],
        maximumBytes: Int = ProviderRequest.standardMaximum
    ) {
        self.method = method
        self.url = url
        self.fields = fields
        self.maximumBytes = maximumBytes
    }

    /// The longest answer to a request, but for key sets: 64 KiB.
    public static let standardMaximum = 65_536
    /// The longest key set: 256 KiB.
    public static let keySetMaximum = 262_144
}

extension ProviderRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A constant: the fields and the form hold secrets.
    public var description: String { "ProviderRequest(redacted)" }
    /// A constant.
    public var debugDescription: String { description }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The answer of an identity provider.
public struct ProviderResponse: Sendable {
    /// The status.
    public let status: Int
    /// The body.
    public let body: [UInt8]
    /// How long it may be kept by its own word; `nil` where it says nothing.
    public let maxAge: Duration?

    /// Describes an answer.
    public init(status: Int, body: [UInt8], maxAge: Duration? = nil) {
        self.status = status
        self.body = body
        self.maxAge = maxAge
    }
}

extension ProviderResponse: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The status alone: the body may hold tokens.
    public var description: String { "ProviderResponse(\(status))" }
    /// The same.
    public var debugDescription: String { description }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
