// SPDX-License-Identifier: Apache-2.0

/// The part of `docs/troubleshooting.md` that is made from the tables of settings and of examples.
enum TroubleshootingPage {
    /// The heading that the generated part begins with.
    static let heading = "## Settings\n"

    /// Every setting with each way to get it wrong that is its own, and what the program then says.
    static let settings: String = {
        var text = heading + introduction
        for setting in Setting.all {
            let cases = Misconfiguration.all(of: setting).filter { $0.kind != .empty && $0.kind != .misspelt }
            guard !cases.isEmpty else { continue }
            text += "\n### \(setting.key.rawValue)\n\n| case | example | what authd says |\n|---|---|---|\n"
            for misconfiguration in cases { text += row(misconfiguration) }
        }
        text += "\n### Settings of one provider\n\n| case | example | what authd says |\n|---|---|---|\n"
        for example in ProviderMisconfigurations.all {
            text += row(example.kind, example.outcome, example.variables, example.sentence)
        }
        return text
    }()

    private static var introduction: String {
        """

        `authd config troubleshooting` prints this part. *Stops* means that nothing starts (exit status 78, or 1 where another
        attempt may help), *warns* that a warning in the log says it; `authd config check --connect` says both beforehand. A
        secret is never repeated. Every setting, besides what its table shows:

        | case | example | what authd says |
        |---|---|---|
        \(general.map(row).joined())
        """
    }

    /// Of what holds for every setting, the examples that show it.
    private static var general: [Misconfiguration] {
        let shown: [(SettingKey, Misconfiguration.Kind)] = [
            (.port, .empty), (.hashThreads, .empty), (.databaseURL, .empty), (.port, .misspelt),
        ]
        return shown.flatMap { key, kind in Misconfiguration.all(of: Setting.of(key)).filter { $0.kind == kind } }
    }

    private static func row(_ misconfiguration: Misconfiguration) -> String {
        row(
            misconfiguration.kind, misconfiguration.outcome, misconfiguration.variables, misconfiguration.sentence)
    }

    private static func row(
        _ kind: Misconfiguration.Kind, _ outcome: Misconfiguration.Outcome,
        _ variables: [MisconfigurationExample.Variable], _ sentence: String
    ) -> String {
        let example = variables.map { "\($0.name)=\(shellWord($0.value))" }.joined(separator: " ")
        return "| \(kind.rawValue), \(outcome.rawValue) | `\(cell(example))` | \(cell(escaped(sentence))) |\n"
    }

    /// A value as a shell reads it.
    private static func shellWord(_ value: String) -> String {
        if value.unicodeScalars.contains(where: { $0 == "\t" || $0 == "\n" }) {
            return "$'" + value.replacing("\t", with: "\\t").replacing("\n", with: "\\n") + "'"
        }
        let isPlain = value.utf8.allSatisfy { octet in
            switch octet {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: "-._~/:@=,+".utf8.contains(octet)
            }
        }
        return isPlain ? value : "'\(value)'"
    }

    private static func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }

    private static func escaped(_ text: String) -> String { text.replacing("*", with: "\\*") }
}
