// SPDX-License-Identifier: Apache-2.0

/// Why a document was not fetched.
///
/// A `diagnostic` is for the operator's log: one line of printable ASCII about the connection, without anything of the answer.
@nonexhaustive
public enum FetchError: Error, Hashable, Sendable {
    /// Not an absolute URL that the fetcher's ``FetchDestinations`` permit, or one with credentials in it; the URL of a redirect
    /// included.
    case refusedURL
    /// The host has addresses, and ``FetchDestinations`` permit none of them: nothing was connected to.
    case refusedAddress
    /// A token that has characters which cannot stand in a header field.
    case refusedToken
    /// A header field or media type that cannot be sent, or that the fetcher sets itself.
    case refusedField
    /// The server answered with something other than 200; redirects are not followed.
    case status(Int)
    /// More redirects than the caller allows.
    case tooManyRedirects
    /// The document, or the header before it, is longer than it may be.
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
