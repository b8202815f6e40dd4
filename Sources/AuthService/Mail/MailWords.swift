// SPDX-License-Identifier: Apache-2.0

/// What one kind of mail says in one language, unless an operator's template replaces it.
///
/// Words are Mustache: `{{app}}` and `{{address}}` are always defined, further values by the message. Greeting, time and
/// device, link and code stand around them and are the same for all mails.
public struct MailWords: Hashable, Sendable {
    /// The action that the recipient takes with the link or code in the mail.
    public struct Action: Hashable, Sendable {
        /// The link's words.
        public let caption: String
        /// What link and code are for, as the first words of a sentence: `To choose a new password`.
        public let purpose: String
    }

    /// The subject.
    public let subject: String
    /// What happened, in one paragraph.
    public let opening: String
    /// `nil` for a mail without link and code.
    public let action: Action?
    /// Instructions for a recipient who did not cause the mail.
    public let ifNotYou: String

    init(subject: String, opening: String, action: Action? = nil, ifNotYou: String) {
        self.subject = subject
        self.opening = opening
        self.action = action
        self.ifNotYou = ifNotYou
    }

    /// The same words, under another subject where one is given.
    func under(_ subject: String?) -> MailWords {
        MailWords(subject: subject ?? self.subject, opening: opening, action: action, ifNotYou: ifNotYou)
    }
}
