// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// The manual page and the completions that a release has, which are made from the program.
@Suite("Manual page and completions", .timeLimit(.minutes(5)))
struct ManualPageTests {
    private static func page() async throws -> String {
        try await Command(
            AuthdBinary.package.appending(path: "scripts/make-manual").path, try AuthdBinary.path
        ).succeed()
    }

    /// The words of each command, and the names of its own options.
    private static func commands(of command: JSONValue, after words: [String] = []) -> [(
        words: [String], options: [String]
    )] {
        let words = words + [command["commandName"]?.string ?? ""]
        let below = (command["subcommands"]?.array ?? []).filter { $0["commandName"]?.string != "help" }
        guard below.isEmpty else { return below.flatMap { commands(of: $0, after: words) } }
        let arguments = (command["arguments"]?.array ?? []).filter { $0["shouldDisplay"] == .bool(true) }
        let names = arguments.flatMap { $0["names"]?.array ?? [] }.compactMap { $0["name"]?.string }
        return [(words, names.filter { $0.count > 1 && $0 != "help" && $0 != "version" })]
    }

    @Test("the manual page has every command of the program with all of its options")
    func completeness() async throws {
        let help = try await Command(try AuthdBinary.path, "--experimental-dump-help").succeed()
        let commands = Self.commands(of: try #require(try JSONValue(parsing: help)["command"]))
        #expect(commands.count > 15)
        let sections = try await Self.page().split(separator: "\n.SS ").map(String.init)

        for command in commands {
            let title = command.words.joined(separator: " ").replacing("-", with: "\\-")
            let section = try #require(sections.first { $0.hasPrefix(title + "\n") }, "\(title)")
            for option in command.options {
                #expect(section.contains("\\-\\-" + option.replacing("-", with: "\\-")), "\(title): \(option)")
            }
        }
    }

    @Test("the manual page is set without a warning, and names the version and the exit statuses")
    func setting() async throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        try folder.write(try await Self.page(), to: "authd.8")
        let outcome = try await Command("groff", "-man", "-Tutf8", "-ww", "-P-cbou", folder.file("authd.8")).run()

        #expect(outcome.succeeded && outcome.errors.isEmpty, "\(outcome.errors)")
        let version = try await Command(try AuthdBinary.path, "version").succeed().split(separator: "\n")[0]
        #expect(outcome.output.contains(version))
        for status in ["0", "1", "64", "78"] {
            #expect(outcome.output.contains("\n       \(status) "), "\(status) in \(outcome.output.suffix(2_000))")
        }
    }

    @Test(
        "the program prints completions for three shells, which know its commands", arguments: ["bash", "zsh", "fish"])
    func completions(shell: String) async throws {
        let script = try await Command(try AuthdBinary.path, "--generate-completion-script", shell).succeed()
        for word in ["serve", "migrate", "reset-password"] { #expect(script.contains(word), "\(word)") }
    }
}
