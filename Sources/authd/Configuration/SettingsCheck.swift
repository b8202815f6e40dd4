// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// What `config check --connect` found out about one thing that the settings name.
struct SettingsCheck: Hashable, Sendable {
    /// How it went.
    enum Outcome: String, Hashable, Sendable {
        case ok
        case warning
        case failed
    }

    /// What was tried: `files`, `database`, `mail` or a provider by its name.
    let subject: String
    let outcome: Outcome
    /// What is there, or one sentence with the setting and what to do.
    let detail: String

    /// `subject: outcome, detail`.
    var line: String { "\(subject): \(outcome.rawValue), \(detail)" }

    /// Writes the check as an object.
    func write(to writer: inout JSONWriter) {
        writer.object { object in
            object.member("subject", subject)
            object.member("outcome", outcome.rawValue)
            object.member("detail", detail)
        }
    }

    /// Reads the files, asks the database and the identity providers, and greets the mail server; changes and sends nothing.
    static func all(_ configuration: DaemonConfiguration) async -> [SettingsCheck] {
        files(configuration) + (await database(configuration)) + [await mail(configuration)]
            + (await providers(configuration))
    }
}
