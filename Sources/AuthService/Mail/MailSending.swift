// SPDX-License-Identifier: Apache-2.0

/// Delivers the messages that verify an address or notify its owner.
///
/// A conformance promises:
/// 1. Returning means that the next hop has taken responsibility for the message, not that it was read.
/// 2. Every wait is bounded by the conformance's own configuration.
/// 3. A call that throws may still have delivered the message (the answer was lost), so tokens must survive being
///    mailed twice.
/// 4. Neither an error nor a log line holds the token, the password of the mail server, or the message.
///
/// Callers that answer an unauthenticated client must not let the time of a delivery show in their answer, which would
/// allow user enumeration.
public protocol MailSending: Sendable {
    /// Hands one message over.
    ///
    /// - Throws: `.notConfigured` when no way of sending is set up; `.rejected` when trying again cannot help;
    ///   `.unavailable` and `.overloaded` when it can; `.cancelled` when the calling task was cancelled first.
    func send(_ mail: OutgoingMail) async throws(MailError)
}
