// SPDX-License-Identifier: Apache-2.0

/// Delivers the messages that verify an address or notify its owner.
///
/// A conformance promises:
/// 1. Returning means that the next hop has taken responsibility for the message, not that it was read.
/// 2. Every wait is bounded by the conformance's own configuration.
/// 3. A call that throws `.unconfirmed` may have delivered the message, so tokens must survive being mailed twice; any
///    other error means that the message was not delivered.
/// 4. A mail with a ``MailStamp`` goes out under it each time.
/// 5. Neither an error nor a log line holds the token, the password of the mail server, or the message.
///
/// Callers that answer an unauthenticated client must not let the time of a delivery show in their answer, which would
/// allow user enumeration.
public protocol MailSending: Sendable {
    /// Hands one message over.
    ///
    /// - Throws: `.notConfigured` when no way of sending is set up; `.rejected` when trying again cannot help;
    ///   `.postponed` when it can help this mail; `.unavailable`, `.clientRefused` and `.overloaded` when no mail can be
    ///   handed over for now; `.unconfirmed` when the answer was lost; `.cancelled` when the calling task was cancelled
    ///   first.
    func send(_ mail: OutgoingMail) async throws(MailError)
}
