// SPDX-License-Identifier: Apache-2.0

/// One way to get a setting wrong, and the sentence with which the program answers it.
struct Misconfiguration: Hashable, Sendable {
    /// What is wrong.
    enum Kind: String, CaseIterable, Hashable, Sendable {
        case empty = "empty"
        case misspelt = "misspelt name"
        case junk = "junk"
        case outOfRange = "out of range"
        case near = "near value"
        case conflicting = "conflicting"
        case unreachable = "unreachable"
    }

    /// What follows.
    enum Outcome: String, Hashable, Sendable {
        case stops
        case warns
    }

    let key: SettingKey
    let kind: Kind
    /// The names and values that show it, the setting's own first where it has one.
    let variables: [MisconfigurationExample.Variable]
    let outcome: Outcome
    /// One sentence with the setting's name and what to do.
    let sentence: String
}

extension Misconfiguration {
    /// Every kind that a setting can have, with examples: those that follow from its entry in the table of settings, and its
    /// own.
    ///
    /// An example that the program says nothing about is missing here, which a test finds.
    static func all(of setting: Setting) -> [Misconfiguration] {
        let own = MisconfigurationExamples.of(setting.key)
        var cases: [Misconfiguration] = []
        func add(_ kind: Kind, _ examples: [MisconfigurationExample]) {
            cases += examples.compactMap { Misconfiguration(setting, kind, $0) }
        }
        add(.empty, [MisconfigurationExample("")])
        add(.misspelt, [MisconfigurationExample(named: String(setting.key.rawValue.dropLast()), "x")])
        add(.junk, setting.kind.junk + own.junk)
        add(.outOfRange, setting.kind.outOfRange + own.outOfRange)
        add(.near, setting.nearValues + own.near)
        add(.conflicting, own.conflicting)
        cases += own.unreachable.map {
            Misconfiguration(
                key: setting.key, kind: .unreachable, variables: $0.example.variables(of: setting.key),
                outcome: $0.outcome, sentence: $0.sentence)
        }
        return cases
    }

    /// Reads the example as a start would, and takes the sentence that is not there without the setting.
    private init?(_ setting: Setting, _ kind: Kind, _ example: MisconfigurationExample) {
        let with = Self.sentences(example.variables(of: setting.key))
        let others = example.value == nil ? [] : example.others
        let without = others.isEmpty ? Self.plain : Self.sentences(others)
        let name = setting.key.rawValue
        if let sentence = with.problems.first(where: { !without.problems.contains($0) && $0.contains(name) }) {
            self.init(
                key: setting.key, kind: kind, variables: example.variables(of: setting.key), outcome: .stops,
                sentence: sentence)
        } else if let sentence = with.warnings.first(where: { !without.warnings.contains($0) && $0.contains(name) }) {
            self.init(
                key: setting.key, kind: kind, variables: example.variables(of: setting.key), outcome: .warns,
                sentence: sentence)
        } else {
            return nil
        }
    }

    /// What a start without any setting says.
    private static let plain = sentences([])

    /// What a start with these variables in its environment says.
    static func sentences(
        _ variables: [MisconfigurationExample.Variable]
    ) -> (problems: [String], warnings: [String]) {
        let environment = Dictionary(variables.map { ($0.name, $0.value) }) { first, _ in first }
        do throws(ConfigurationProblems) {
            return ([], try DaemonConfiguration.read(SettingSources(environment: environment), processors: 4).warnings)
        } catch {
            return (error.all.map(\.sentence), [])
        }
    }
}

extension Setting.Kind {
    fileprivate var junk: [MisconfigurationExample] {
        switch self {
        case .flag: [MisconfigurationExample("perhaps")]
        case .integer: [MisconfigurationExample("many")]
        case .choice: [MisconfigurationExample("whatever")]
        case .text, .list: []
        }
    }

    fileprivate var outOfRange: [MisconfigurationExample] {
        switch self {
        case .integer(let range): [MisconfigurationExample("\(range.upperBound + 1)")]
        case .flag, .choice, .text, .list: []
        }
    }
}

extension Setting {
    /// A word of the setting that lacks its last letter.
    fileprivate var nearValues: [MisconfigurationExample] {
        switch kind {
        case .flag: return [MisconfigurationExample("tru")]
        case .choice(let words):
            let word = words.first { $0 != defaultValue } ?? ""
            return [MisconfigurationExample(String(word.dropLast()))]
        case .integer, .text, .list: return []
        }
    }
}
