// SPDX-License-Identifier: Apache-2.0

import AuthCrypto
import AuthHTTP
import AuthHTTPServer
import Testing

@testable import authd

@Suite("Sources of settings")
struct SettingSourcesTests {
    @Test("a flag wins over the environment, the environment over the file, the file over the default")
    func precedence() throws {
        let flags = ["PORT": "1"]
        let environment = ["PORT": "2", "HASH_QUEUE": "2"]
        let file = ["PORT": "3", "HASH_QUEUE": "3", "BCRYPT_COST": "13"]

        let sources = SettingSources(flags: flags, environment: environment, file: .containing(file))

        #expect(sources.given[.port] == GivenSetting(text: "1", origin: .flag))
        #expect(sources.given[.hashQueue] == GivenSetting(text: "2", origin: .environment))
        #expect(sources.given[.bcryptCost] == GivenSetting(text: "13", origin: .file))
        #expect(sources.given[.poolSize] == nil)
        let configuration = try DaemonConfiguration.read(sources, processors: 4)
        #expect(configuration.server.port == 1)
        #expect(configuration.hashingPool.queueLimit == 2)
    }

    @Test("an empty value counts as none, and the next source is used")
    func emptyValues() {
        let sources = SettingSources(environment: ["PORT": "", "HOST": ""], file: .containing(["PORT": "3"]))
        #expect(sources.given[.port] == GivenSetting(text: "3", origin: .file))
        #expect(sources.given[.host] == nil)
    }

    @Test("an empty value that no other source gives is reported with its place and what applies")
    func emptyValuesAreReported() throws {
        let sources = SettingSources(
            environment: ["PORT": "", "HOST": ""], file: .containing(["PORT": "3", "HASH_THREADS": ""], name: "my.env"))
        #expect(
            sources.warnings == [
                "HOST is empty in the environment and has no effect: give it a value, or remove it; the default is 127.0.0.1.",
                "HASH_THREADS is empty in my.env and has no effect: give it a value, or remove it; without it: as many as "
                    + "processors may be used.",
            ])
        #expect(sources.problems.isEmpty)
    }

    @Test(
        "an empty value stops the start where a new database or root key would be made without it",
        arguments: ["DATABASE_URL", "ROOT_KEY_FILE", "ROOT_KEY"])
    func emptyValuesThatMake(name: String) {
        let problems = SettingSources(environment: [name: ""]).problems.map(\.sentence)
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix("\(name) is empty in the environment, and without it a new ") == true)
        let given = SettingSources(environment: [name: ""], file: .containing([name: "memory:"]))
        #expect(given.problems.isEmpty && given.warnings.isEmpty)
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

    @Test("a misspelt name causes a warning with its place, an unrelated one does not")
    func misspellings() {
        let sources = SettingSources(
            environment: ["DATABASE_ULR": "x", "HOME": "/root", "PATH": "/bin", "LANG": "C"],
            file: .containing(["SMTP_PASWORD": "hidden", "DATABASE_ECHO": "true", "APP_VERSION": "1"], name: "my.env"))
        #expect(
            sources.warnings == [
                "DATABASE_ULR in the environment is no setting; DATABASE_URL may be meant.",
                "SMTP_PASWORD in my.env line 3 is no setting; SMTP_PASSWORD may be meant.",
            ])
    }

    struct NearName: CustomTestStringConvertible {
        let file: String
        var environment: Variables = [:]
        /// `nil` where the start goes on.
        let problem: String?
        var testDescription: String { file.debugDescription }
    }

    @Test(
        "a misspelt name in the file stops the start only if a new database or root key would be made without the setting",
        arguments: [
            NearName(
                file: "# c\nDATABASE_URI=postgresql://a:hunter2@db/x",
                problem:
                    "DATABASE_URI in .env line 2 is no setting; DATABASE_URL may be meant, and without it a new database "
                    + "would be made: correct the name, or set DATABASE_URL too."),
            NearName(
                file: "ROOT_KEYFILE=/etc/hunter2",
                problem:
                    "ROOT_KEYFILE in .env line 1 is no setting; ROOT_KEY_FILE may be meant, and without it a new root "
                    + "key would be made: correct the name, or set ROOT_KEY_FILE too."),
            NearName(
                file: "export ROOTKEY = 'hunter2'",
                problem:
                    "ROOTKEY in .env line 1 is no setting; ROOT_KEY may be meant, and without it a new root key would "
                    + "be made: correct the name, or set ROOT_KEY too."),
            NearName(file: "DATABASE_URI=x\nDATABASE_URL=memory:", problem: nil),
            NearName(file: "DATABASE_URI=x", environment: ["DATABASE_URL": "memory:"], problem: nil),
            NearName(file: "ROOTKEY=x", environment: ["ROOT_KEY_FILE": "/etc/key"], problem: nil),
            NearName(file: "SMTP_PASWORD=hunter2", problem: nil),
        ])
    func nearNames(_ example: NearName) throws {
        let sources = SettingSources(
            environment: example.environment, file: EnvironmentFile(Array(example.file.utf8)))

        #expect(sources.problems.map(\.sentence) == (example.problem.map { [$0] } ?? []))
        #expect(sources.warnings.count == (example.problem == nil ? 1 : 0))
        #expect(!(sources.warnings + sources.problems.map(\.sentence)).contains { $0.contains("hunter2") })
        do throws(ConfigurationProblems) {
            _ = try DaemonConfiguration.read(sources, processors: 4)
            #expect(example.problem == nil)
        } catch {
            #expect(error.all.map(\.sentence) == (example.problem.map { [$0] } ?? []))
        }
    }

    @Test("a misspelt name in the environment, which has other programs' names, only causes a warning")
    func nearNamesInEnvironment() throws {
        let sources = SettingSources(environment: ["DATABASE_URI": "x"])
        #expect(sources.problems.isEmpty && sources.warnings.count == 1)
    }

    @Test("a secret value is not printed")
    func redaction() {
        let given = GivenSetting(text: Secrets.strong, origin: .file)
        for text in ["\(given)", String(reflecting: given), "\([given])"] { #expect(!text.contains(Secrets.strong)) }
        #expect(Mirror(reflecting: given).children.isEmpty)
    }
}
