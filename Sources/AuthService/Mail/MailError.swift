// SPDX-License-Identifier: Apache-2.0

/// Why a message was not handed over.
///
/// A `diagnostic` is one line of printable ASCII for the operator's log. It never holds a token or a credential; it
/// may hold what the mail server said, which can name the recipient.
@nonexhaustive
public enum MailError: Error, Hashable, Sendable {
    /// No mail server is configured.
    case notConfigured
    /// The mail server rejected the recipient or the message permanently (a 5yz reply): trying again cannot help.
    case rejected(diagnostic: String)
    /// The mail server rejected the recipient or the message for now (a 4yz reply), as greylisting does: this mail can be tried
    /// again later, and others meanwhile.
    case postponed(diagnostic: String)
    /// The mail server could not be reached or trusted, did not answer in time, or serves no client for now: all mail can be
    /// tried again later.
    case unavailable(diagnostic: String)
    /// The mail server refused to serve authd at all (a 5yz reply to the connection, the sign-in or the sender's address): all
    /// mail fails alike until the operator changes a setting, here or there.
    case clientRefused(diagnostic: String)
    /// The whole message was sent, and the answer was lost: the mail server may have taken it. To try again may deliver it twice;
    /// with the same ``MailStamp``, receivers can tell.
    case unconfirmed(diagnostic: String)
    /// Too much mail is waiting; nothing was sent.
    case overloaded
    /// The calling task was cancelled, or the sender was closed, before the message was sent.
    case cancelled
}
