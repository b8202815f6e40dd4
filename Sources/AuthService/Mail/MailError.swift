// SPDX-License-Identifier: Apache-2.0

/// Why a message was not handed over.
///
/// A `diagnostic` is one line of printable ASCII for the operator's log. It never holds a token or a credential; it
/// may hold what the mail server said, which can name the recipient.
@nonexhaustive
public enum MailError: Error, Hashable, Sendable {
    /// No mail server is configured.
    case notConfigured
    /// The mail server rejected it permanently (a 5yz reply): the recipient, the message or authd's sign-in.
    case rejected(diagnostic: String)
    /// The mail server could not be reached, did not answer in time, or rejected it temporarily (a 4yz reply).
    case unavailable(diagnostic: String)
    /// Too much mail is waiting; nothing was sent.
    case overloaded
    /// The calling task was cancelled, or the sender was closed. The message may have left already.
    case cancelled
}
