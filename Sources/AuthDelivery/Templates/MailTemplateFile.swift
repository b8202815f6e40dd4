// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService

/// What a file of the operator's replaces: `password_reset.text.mustache` in every language, and
/// `password_reset.de.text.mustache` in one.
struct MailTemplateFile: Hashable {
    /// One of `MailTemplate.all`.
    let template: String
    /// `nil` for every language that has no file of its own.
    let language: LanguageTag?
    let part: MailTemplatePart

    static let suffix = ".mustache"

    init(_ template: MailTemplate, _ language: LanguageTag?, _ part: MailTemplatePart) {
        self.template = template.name
        self.language = language
        self.part = part
    }

    /// Reads a file's name; `nil` where no mail uses it, or where a language is not in its conventional letter case.
    init?(named name: String) {
        let words = name.dropLast(Self.suffix.count).split(separator: ".", omittingEmptySubsequences: false)
        guard name.hasSuffix(Self.suffix), words.count == 2 || words.count == 3,
            let template = MailTemplate.all.first(where: { $0.name == words[0] }),
            let last = words.last, let part = MailTemplatePart(rawValue: String(last))
        else { return nil }
        if words.count == 3 {
            guard let tag = LanguageTag(String(words[1])), tag.text == words[1] else { return nil }
            self.init(template, tag, part)
        } else {
            self.init(template, nil, part)
        }
    }

    var name: String {
        ([template] + (language.map { [$0.text] } ?? []) + [part.rawValue]).joined(separator: ".") + Self.suffix
    }
}
