// SPDX-License-Identifier: Apache-2.0

import AuthHTTP
import Testing

@testable import authd

@Suite("Settings of a new installation")
struct InitialSettingsTests {
    private static let given: Variables = [
        "PUBLIC_URL": "https://id.example.com", "ROOT_KEY_FILE": "/etc/authd/root.key",
    ]

    @Test("a daemon can start with them, and they say what the shape means", arguments: InitCommand.Shape.allCases)
    func usable(_ shape: InitCommand.Shape) throws {
        let file = EnvironmentFile(
            Array(try InitialSettings(shape, shape == .development ? [:] : Self.given).text.utf8))
        #expect(file.problems.isEmpty && file.foreignNames.isEmpty)
        let configuration = try DaemonConfiguration.read(SettingSources(file: file), processors: 4)
        switch shape {
        case .development:
            #expect(configuration.environment == .development)
            #expect(file.values.keys.sorted() == ["DATABASE_URL", "ENVIRONMENT"])
        case .single, .postgres:
            #expect(configuration.environment == .production)
            #expect(configuration.http.publicURL == "https://id.example.com")
            #expect(file.values.keys.sorted() == ["DATABASE_URL", "PUBLIC_URL", "ROOT_KEY_FILE", "TRUSTED_PROXIES"])
        }
    }

    @Test("every setting stands there once, given or as a comment", arguments: InitCommand.Shape.allCases)
    func complete(_ shape: InitCommand.Shape) throws {
        let lines = try InitialSettings(shape, Self.given).text.split(separator: "\n")
        for key in SettingKey.allCases {
            let count = lines.count { $0.hasPrefix("\(key.rawValue)=") || $0.hasPrefix("# \(key.rawValue)=") }
            #expect(count == 1, "\(key.rawValue)")
        }
    }

    @Test("a given value wins over that of the shape, and is read back as it was given")
    func given() throws {
        let values = Self.given.merging(
            ["APP_NAME": #"Ada's "notes" # $HOME \ ü"#, "DATABASE_URL": "sqlite:////srv/a b.db", "PORT": "8080"]
        ) { $1 }
        let file = EnvironmentFile(Array(try InitialSettings(.single, values).text.utf8))
        for (name, value) in values { #expect(file.values[name] == value) }
    }

    @Test("what a daemon would not start with is refused beforehand, all of it at once")
    func refused() {
        func sentences(_ shape: InitCommand.Shape, _ given: Variables) -> [String] {
            do throws(CommandFailure) {
                _ = try InitialSettings(shape, given)
                return []
            } catch {
                #expect(error.status == .usage)
                return error.sentences
            }
        }
        #expect(sentences(.single, [:]).first?.contains("--public-url") == true)
        let both = sentences(.single, Self.given.merging(["PORT": "x", "HASH_QUEUE": "x"]) { $1 })
        #expect(
            both.count == 2 && both.contains { $0.hasPrefix("PORT ") } && both.contains { $0.hasPrefix("HASH_QUEUE ") })
    }
}
