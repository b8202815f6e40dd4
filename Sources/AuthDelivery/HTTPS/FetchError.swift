// SPDX-License-Identifier: Apache-2.0

/// Why a document was not fetched.
///
/// A `diagnostic` is for the operator's log.
@nonexhaustive
public enum FetchError: Error, Hashable, Sendable {
    /// Not an absolute `https` URL (or `http` to a loopback host), or one with credentials in it.
    case refusedURL
    /// A token that has characters which cannot stand in a header field.
    case refusedToken
    /// The server answered with something other than 200; redirects are not followed.
    case status(Int)
    /// The document is longer than the caller allows.
    case tooLarge
    /// The whole fetch did not fit its time.
    case timedOut
    /// No connection, no trust in the certificate, or a broken answer.
    case unreachable(diagnostic: String)
    /// Too many fetches are waiting.
    case overloaded
    /// The calling task was cancelled, or the fetcher was closed.
    case cancelled
}
