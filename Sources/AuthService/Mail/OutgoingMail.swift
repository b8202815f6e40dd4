// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// One message to one recipient.
public struct OutgoingMail: Hashable, Sendable {
    /// The recipient's address, as its owner spelt it.
    public let recipient: EmailAddress
    /// The name in the greeting; `nil` for a greeting without a name.
    ///
    /// A user who registers chooses it together with the address, which may be another person's: senders leave out
    /// names that could pass for an offer or a link.
    public let recipientName: String?
    /// The language that the recipient reads; `nil` for the default of the sender.
    public let language: LanguageTag?
    /// When, and from where, the act behind the message was asked for or done; `nil` where it is not known.
    public let origin: ActionOrigin?
    /// The message.
    public let message: MailMessage

    /// The date and the identifier of a mail that may be handed over more than once; with `nil` the mailer gives it new ones.
    public var stamp: MailStamp?

    /// Addresses a message.
    public init(
        recipient: EmailAddress, recipientName: String?, language: LanguageTag? = nil, origin: ActionOrigin? = nil,
        message: MailMessage, stamp: MailStamp? = nil
    ) {
        self.recipient = recipient
        self.recipientName = recipientName
        self.language = language
        self.origin = origin
        self.message = message
        self.stamp = stamp
    }
}
