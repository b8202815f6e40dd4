// SPDX-License-Identifier: Apache-2.0

internal import NIOHTTP1

/// Why a connection's bytes did not become a request.
public enum TransportFailure: Error, Hashable, Sendable, CaseIterable {
    /// The bytes are not HTTP/1, or have two readings.
    case malformed
    /// The head is larger, or has more fields, than allowed.
    case headTooLarge
    /// The body is larger than allowed.
    case bodyTooLarge
    /// Head or body did not arrive in time.
    case timeout
    /// An expectation other than `100-continue`.
    case unsupportedExpectation
    /// A transfer coding other than `chunked`.
    case unsupportedCoding
    /// A protocol version other than HTTP/1.0 and HTTP/1.1.
    case unsupportedVersion
    /// There are as many connections as allowed.
    case tooManyConnections
}

extension TransportFailure {
    /// What the parser refused.
    init(_ error: HTTPParserError) {
        switch error {
        case .headerOverflow: self = .headTooLarge
        case .invalidVersion: self = .unsupportedVersion
        default: self = .malformed
        }
    }
}
