// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// One message to one recipient.
public struct OutgoingMail: Hashable, Sendable {
    /// Where it goes, spelt as its owner wrote it.
    public let recipient: EmailAddress
    /// How to greet the recipient; `nil` greets nobody by name.
    ///
    /// Whoever registers chooses it and the address, so it is a stranger's text in a stranger's mailbox: senders leave
    /// out what could pass for an offer or a link.
    public let recipientName: String?
    /// What it says.
    public let message: MailMessage

    /// Addresses a message.
    public init(recipient: EmailAddress, recipientName: String?, message: MailMessage) {
        self.recipient = recipient
        self.recipientName = recipientName
        self.message = message
    }
}
