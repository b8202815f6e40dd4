// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import authd

@Suite("Settings as flags")
struct SettingFlagsTests {
    struct Case: CustomTestStringConvertible {
        let arguments: [String]
        let values: [String: String]
        let rest: [String]
        var testDescription: String { arguments.joined(separator: " ") }
    }

    @Test(
        "are taken out of the arguments, and the rest stays in order",
        arguments: [
            Case(arguments: [], values: [:], rest: []),
            Case(arguments: ["serve", "--port", "0"], values: ["PORT": "0"], rest: ["serve"]),
            Case(arguments: ["--port=0", "user", "list"], values: ["PORT": "0"], rest: ["user", "list"]),
            Case(arguments: ["--debug", "serve"], values: ["DEBUG": "true"], rest: ["serve"]),
            Case(arguments: ["--debug=false"], values: ["DEBUG": "false"], rest: []),
            Case(arguments: ["--app-name="], values: ["APP_NAME": ""], rest: []),
            Case(arguments: ["--app-name", "-x"], values: ["APP_NAME": "-x"], rest: []),
            Case(arguments: ["--unknown", "x"], values: [:], rest: ["--unknown", "x"]),
            Case(arguments: ["user", "--", "--port", "1"], values: [:], rest: ["user", "--", "--port", "1"]),
            Case(
                arguments: ["--database-url", "postgresql://authd@db/authd"],
                values: ["DATABASE_URL": "postgresql://authd@db/authd"], rest: []),
        ])
    func taking(_ example: Case) throws {
        let flags = try SettingFlags(example.arguments)
        #expect(flags.values == example.values)
        #expect(flags.rest == example.rest)
    }

    struct Refusal: CustomTestStringConvertible {
        let arguments: [String]
        let failure: SettingFlags.Failure
        var testDescription: String { arguments.joined(separator: " ") }
    }

    @Test(
        "are refused where they could not be meant so",
        arguments: [
            Refusal(arguments: ["--port"], failure: .missingValue(flag: "--port")),
            Refusal(arguments: ["--port", "--debug"], failure: .missingValue(flag: "--port")),
            Refusal(arguments: ["--port", "1", "--port=2"], failure: .repeated(flag: "--port")),
            Refusal(arguments: ["--env-file"], failure: .missingValue(flag: "--env-file")),
            Refusal(arguments: ["--env-file=a", "--env-file", "b"], failure: .repeated(flag: "--env-file")),
            Refusal(arguments: ["--database-url", "postgresql://u:p@h/d"], failure: .secret(.databaseURL)),
            Refusal(arguments: ["--database-url=postgresql://h/d?password=p"], failure: .secret(.databaseURL)),
        ])
    func refusing(_ example: Refusal) {
        #expect(throws: example.failure) { try SettingFlags(example.arguments) }
    }

    @Test(
        "never hold a secret, and the sentence does not repeat it",
        arguments: Setting.all.filter { $0.confidentiality == .secret })
    func secrets(_ setting: Setting) throws {
        for arguments in [[setting.key.flagName, Secrets.strong], ["\(setting.key.flagName)=\(Secrets.strong)"]] {
            let failure = try #require(throws: SettingFlags.Failure.self) { try SettingFlags(arguments) }
            #expect(failure == .secret(setting.key))
            #expect(failure.sentence.hasPrefix(setting.key.rawValue))
            #expect(!failure.sentence.contains(Secrets.strong))
        }
    }

    @Test("name the file of settings")
    func environmentFile() throws {
        #expect(try SettingFlags(["--env-file", "a.env"]).environmentFile == "a.env")
        #expect(try SettingFlags(["--env-file=a.env", "serve"]).environmentFile == "a.env")
        #expect(try SettingFlags(["serve"]).environmentFile == nil)
    }
}
