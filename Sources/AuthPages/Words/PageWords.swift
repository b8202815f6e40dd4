// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// The texts of pages in one language, filled in.
struct PageWords {
    let language: Language
    let appName: String

    subscript(text: PageText) -> String { fill(text, [:]) }

    func fill(_ text: PageText, _ values: [String: String]) -> String {
        fill(text.text(in: language), values)
    }

    /// What the pages of an action say about an address.
    func action(_ action: MailedAction, address: String) -> ActionWords {
        let words = ActionWords.of(action, in: language)
        func filled(_ text: String) -> String { fill(text, ["address": address]) }
        return ActionWords(
            title: filled(words.title), act: filled(words.act), introduction: filled(words.introduction),
            button: filled(words.button), doneTitle: filled(words.doneTitle), done: filled(words.done))
    }

    func fault(_ fault: ActionFault) -> String {
        switch fault {
        case .codeMissing: self[.codeMissing]
        case .codeWrong(triesLeft: 1): self[.codeWrongLastTry]
        case .codeWrong(let count): fill(.codeWrong, ["count": String(count)])
        case .codeExpired: self[.codeExpired]
        case .codeVoided: self[.codeVoided]
        case .passwordMissing: self[.passwordMissing]
        case .passwordTooShort(let minimum): fill(.passwordTooShort, ["count": String(minimum)])
        case .passwordTooLong(let maximum): fill(.passwordTooLong, ["count": String(maximum)])
        case .passwordGuessable: self[.passwordGuessable]
        case .passwordBreached: self[.passwordBreached]
        case .passwordTooSimple: self[.passwordTooSimple]
        case .currentPasswordWrong: self[.currentPasswordWrong]
        case .unavailable: self[.unavailable]
        }
    }

    /// Puts values in place of their names in braces, in one pass: a value is not searched for names.
    func fill(_ text: String, _ values: [String: String]) -> String {
        var result = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            let name = String(rest[rest.index(after: open)..<close])
            result += rest[..<open]
            result += name == "app" ? appName : values[name] ?? ""
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }
}
