// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// One kind of mail: its name, and the words that are sent without an override.
///
/// A row is declared once, beside its feature in `<Subject>Mails.swift`, and is part of that file's list, of which
/// ``all`` is made. It has words in every built-in language.
public struct MailTemplate: Hashable, Sendable {
    /// The start of the names of the files that override the words.
    public let name: String
    /// What the recipient does with the link and code in the mail; `nil` for a mail without them.
    public let action: MailedAction?
    /// Names of values that only this kind of mail has.
    public let details: [String]
    /// Whether an operator may turn the mail off: true for warnings that no other step depends on.
    public let canBeTurnedOff: Bool
    /// Whether it is sent by itself; otherwise it is one of several results of other work, and counted under that
    /// work's name.
    let isSentForItself: Bool

    private let english: MailWords
    private let german: MailWords

    init(
        name: String, action: MailedAction? = nil, details: [String] = [], canBeTurnedOff: Bool = false,
        isSentForItself: Bool = true, english: MailWords, german: MailWords
    ) {
        self.name = name
        self.action = action
        self.details = details
        self.canBeTurnedOff = canBeTurnedOff
        self.isSentForItself = isSentForItself
        self.english = english
        self.german = german
    }

    /// A mail of another API that says what one of authd's own says, under subjects of its own where it has some.
    init(
        name: String, action: MailedAction, wordsOf other: MailTemplate,
        subjects: (english: String, german: String)? = nil
    ) {
        self.init(
            name: name, action: action, english: other.english.under(subjects?.english),
            german: other.german.under(subjects?.german))
    }

    /// The built-in words in a language.
    public func words(in language: Language) -> MailWords {
        switch language {
        case .english: english
        case .german: german
        }
    }

    /// Every kind of mail.
    public static let all: [MailTemplate] =
        passwords + users + invitations + signIns + providers + supabase + sessions + operators
}
