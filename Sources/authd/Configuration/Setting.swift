// SPDX-License-Identifier: Apache-2.0

/// What one setting is: everything that the parser, the flags, the reference and `config check` know about it.
struct Setting: Hashable, Sendable {
    /// What a value must look like.
    enum Kind: Hashable, Sendable {
        case text
        case flag
        case integer(ClosedRange<Int>)
        case choice([String])
        /// Separated by commas.
        case list
    }

    /// The heading under which a setting is described.
    enum Group: String, CaseIterable, Hashable, Sendable {
        case process = "Process"
        case server = "Server"
        case database = "Database"
        case keys = "Keys"
        case tokens = "Tokens and sessions"
        case users = "Users and passwords"
        case mail = "Mail"
        case providers = "Identity providers"
        case supabase = "Supabase's API"
    }

    /// Who may see the value.
    enum Confidentiality: Hashable, Sendable {
        /// Public; it may be a flag.
        case open
        /// A URL whose password is secret; it may be a flag only without one.
        case credentialsInURL
        /// Secret: never a flag, never shown.
        case secret
    }

    let key: SettingKey
    let group: Group
    let kind: Kind
    /// The value where none is given, in the spelling of a given one; `nil` where `absence` says what happens.
    let defaultValue: String?
    /// What happens without a value, where that is no constant.
    let absence: String?
    let confidentiality: Confidentiality
    /// Sentences for the reference.
    let summary: String
    /// Which values stop the start besides those of a wrong kind; sentences for the reference.
    let unsafeValues: String?

    init(
        _ key: SettingKey, _ group: Group, _ kind: Kind, default defaultValue: String? = nil, absence: String? = nil,
        confidentiality: Confidentiality = .open, _ summary: String, unsafeValues: String? = nil
    ) {
        self.key = key
        self.group = group
        self.kind = kind
        self.defaultValue = defaultValue
        self.absence = absence
        self.confidentiality = confidentiality
        self.summary = summary
        self.unsafeValues = unsafeValues
    }
}

extension Setting {
    /// The description of a setting.
    static func of(_ key: SettingKey) -> Setting {
        guard let setting = table[key] else { preconditionFailure("\(key.rawValue) is not in the table of settings") }
        return setting
    }

    private static let table = Dictionary(all.map { ($0.key, $0) }) { first, _ in first }
}

extension Setting {
    /// What applies where no value is given, as the end of a sentence.
    var withoutValue: String {
        if let defaultValue { return "the default is \(defaultValue)" }
        return "without it: \(absence ?? "none")"
    }
}

extension Setting.Kind {
    /// What to give, for the reference.
    var words: String {
        switch self {
        case .text: "text"
        case .flag: "true or false"
        case .integer(let range): "\(range.lowerBound) to \(range.upperBound)"
        case .choice(let values): values.joined(separator: ", ")
        case .list: "list, separated by commas"
        }
    }

    /// Whether a flag without a value means something.
    var standsAlone: Bool { self == .flag }
}
