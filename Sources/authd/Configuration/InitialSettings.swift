// SPDX-License-Identifier: Apache-2.0

/// The text of a new file of settings: those of a shape and those that were given, each below what it means, and every other
/// one as a comment.
struct InitialSettings: Sendable {
    let text: String
    /// Sentences about what is left to do.
    let remarks: [String]

    /// Puts the text together and reads it as a start would.
    ///
    /// - Throws: `.usage` with every reason why a daemon would not start with it.
    init(_ shape: InitCommand.Shape, _ given: [String: String]) throws(CommandFailure) {
        var values = Self.standard(of: shape).merging(given) { _, given in given }
        values = values.filter { !$0.value.isEmpty }
        if shape != .development, values[SettingKey.publicURL.rawValue] == nil {
            throw CommandFailure(
                .usage,
                "Give --public-url, the address of the daemon for browsers and services, such as https://id.example.com."
            )
        }
        text = Self.render(shape, values)
        let file = EnvironmentFile(Array(text.utf8))
        let sources = SettingSources(file: file)
        guard file.problems.isEmpty, file.values == values else {
            throw CommandFailure(.usage, "A value cannot be written on one line of a file of settings.")
        }
        do throws(ConfigurationProblems) {
            let configuration = try DaemonConfiguration.read(sources)
            remarks = configuration.warnings + Self.secrets(for: shape, values)
        } catch {
            throw CommandFailure(.usage, error.all.map(\.sentence))
        }
    }

    /// What a shape sets besides the defaults.
    private static func standard(of shape: InitCommand.Shape) -> [String: String] {
        let proxy = "127.0.0.1"
        let settings: [SettingKey: String] =
            switch shape {
            case .development:
                [
                    .environment: DaemonConfiguration.Environment.development.rawValue,
                    .databaseURL: "sqlite:///authd.db",
                ]
            case .single: [.databaseURL: "sqlite:///authd.db", .trustedProxies: proxy]
            case .postgres: [.databaseURL: "postgresql://authd@localhost/authd", .trustedProxies: proxy]
            }
        return Dictionary(settings.map { ($0.key.rawValue, $0.value) }) { first, _ in first }
    }

    /// The secrets that a flag cannot give.
    private static func secrets(for shape: InitCommand.Shape, _ values: [String: String]) -> [String] {
        var sentences: [String] = []
        if shape == .postgres {
            sentences.append("If the role needs a password, write it into DATABASE_URL in the file.")
        }
        if values[SettingKey.smtpUser.rawValue] != nil { sentences.append("Write SMTP_PASSWORD into the file.") }
        return sentences
    }

    private static func render(_ shape: InitCommand.Shape, _ values: [String: String]) -> String {
        var text = """
            # Settings of authd, made by `authd init \(shape.rawValue)`. docs/configuration.md describes them.
            # Flags and the environment win over this file. Lines with # before a name are the defaults.

            """
        for group in Setting.Group.allCases {
            text += "\n# \(group.rawValue)\n"
            for setting in Setting.all where setting.group == group {
                let name = setting.key.rawValue
                if let value = values[name] {
                    text += "\n# \(setting.summary)\n\(name)=\(quoted(value))\n\n"
                } else {
                    text += "# \(name)=\(SettingsReference.exampleValue(setting))\n"
                }
            }
            guard group == .providers else { continue }
            for key in values.keys.compactMap({ ProviderSettingKey($0) }).sorted() {
                text += "\(key.text)=\(quoted(values[key.text] ?? ""))\n"
            }
        }
        return text
    }

    /// A value as ``EnvironmentFile`` reads it back: bare where nothing in it has a meaning there.
    static func quoted(_ value: String) -> String {
        let isBare = value.utf8.allSatisfy { octet in
            switch octet {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-._~:/@?&=,+%[]*".utf8.contains(octet)
            }
        }
        guard !isBare else { return value }
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"", "\\", "$": text += "\\\(scalar)"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return "\"\(text)\""
    }
}
