// SPDX-License-Identifier: Apache-2.0

/// One kind of mail: its name, and the words that are sent without an override.
///
/// A row is declared once, beside its feature in `<Subject>Mails.swift`, and is part of that file's list, of which
/// ``all`` is made. Words are Mustache: `{{app}}` and `{{address}}` are always defined, further values by the message.
public struct MailTemplate: Hashable, Sendable {
    /// The page of an application that a link in the mail leads to.
    public enum Page: Hashable, Sendable {
        /// Where a new password is chosen.
        case passwordReset
        /// Where an address is confirmed.
        case emailVerification
    }

    /// The action that the recipient takes with the token in the mail.
    public struct Action: Hashable, Sendable {
        /// Where the link leads.
        public let page: Page
        /// The link's words.
        public let caption: String
        /// What the token is for, as the first words of a sentence: `To choose a new password`.
        public let purpose: String
    }

    /// The start of the names of the files that override the words.
    public let name: String
    /// The subject.
    public let subject: String
    /// What happened, in one paragraph.
    public let opening: String
    /// Lines below the opening, each a name and its value.
    public let facts: [String]
    /// `nil` for a mail without a token, and so without a link.
    public let action: Action?
    /// Instructions for a recipient who did not cause the mail.
    public let ifNotYou: String
    /// Whether an operator may turn the mail off: true for warnings that no other step depends on.
    public let canBeTurnedOff: Bool
    /// Whether it is sent by itself; otherwise it is one of several results of other work, and counted under that
    /// work's name.
    let isSentForItself: Bool

    init(
        name: String, subject: String, opening: String, facts: [String] = [], action: Action? = nil, ifNotYou: String,
        canBeTurnedOff: Bool = false, isSentForItself: Bool = true
    ) {
        self.name = name
        self.subject = subject
        self.opening = opening
        self.facts = facts
        self.action = action
        self.ifNotYou = ifNotYou
        self.canBeTurnedOff = canBeTurnedOff
        self.isSentForItself = isSentForItself
    }

    /// Every kind of mail.
    public static let all: [MailTemplate] = passwords + users + sessions + operators
}
