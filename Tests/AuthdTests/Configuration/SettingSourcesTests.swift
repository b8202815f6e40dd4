// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import authd

@Suite("where settings come from")
struct SettingSourcesTests {
    @Test("a flag wins over the environment, the environment over the file, the file over the default")
    func precedence() throws {
        let flags = ["PORT": "1"]
        let environment = ["PORT": "2", "HASH_QUEUE": "2"]
        let file = ["PORT": "3", "HASH_QUEUE": "3", "BCRYPT_COST": "13"]

        let sources = SettingSources(flags: flags, environment: environment, file: file)

        #expect(sources.given[.port] == GivenSetting(text: "1", origin: .flag))
        #expect(sources.given[.hashQueue] == GivenSetting(text: "2", origin: .environment))
        #expect(sources.given[.bcryptCost] == GivenSetting(text: "13", origin: .file))
        #expect(sources.given[.poolSize] == nil)
        let configuration = try DaemonConfiguration.read(sources, processors: 4)
        #expect(configuration.server.port == 1)
        #expect(configuration.hashingPool.queueLimit == 2)
    }

    @Test("an empty value counts as none, and lets the next place speak")
    func emptyValues() {
        let sources = SettingSources(environment: ["PORT": "", "HOST": ""], file: ["PORT": "3"])
        #expect(sources.given[.port] == GivenSetting(text: "3", origin: .file))
        #expect(sources.given[.host] == nil)
    }

    @Test("a value keeps its blanks and its commas")
    func valuesAreVerbatim() {
        let sources = SettingSources(environment: ["APP_NAME": " a, b ", "SECRET_KEY": "p,q=\"r\" "])
        #expect(sources.given[.appName]?.text == " a, b ")
        #expect(sources.given[.secretKey]?.text == "p,q=\"r\" ")
    }

    @Test("names are told apart by case, as the environment does")
    func caseMatters() {
        let sources = SettingSources(environment: ["port": "9000"])
        #expect(sources.given[.port] == nil)
        #expect(sources.warnings == ["port in the environment is no setting; PORT may be meant."])
    }

    @Test("a name that is nearly ours is warned of with its place, another one is not")
    func misspellings() {
        let sources = SettingSources(
            environment: ["DATABASE_ULR": "x", "HOME": "/root", "PATH": "/bin", "LANG": "C"],
            file: ["SMTP_PASWORD": "hidden", "DATABASE_ECHO": "true", "APP_VERSION": "1"])
        #expect(
            sources.warnings == [
                "DATABASE_ULR in the environment is no setting; DATABASE_URL may be meant.",
                "SMTP_PASWORD in the file of settings is no setting; SMTP_PASSWORD may be meant.",
            ])
    }

    @Test("a given value does not print")
    func redaction() {
        let given = GivenSetting(text: Secrets.strong, origin: .file)
        for text in ["\(given)", String(reflecting: given), "\([given])"] { #expect(!text.contains(Secrets.strong)) }
        #expect(Mirror(reflecting: given).children.isEmpty)
    }
}
