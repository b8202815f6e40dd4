// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Testing

@testable import authd

@Suite("Help texts")
struct CommandHelpTests {
    /// Every command with the words that call it.
    private static var commands: [(words: [String], command: any ParsableCommand.Type)] {
        below(["authd"], AuthdCommand.self)
    }

    private static func below(
        _ words: [String], _ command: any ParsableCommand.Type
    ) -> [(words: [String], command: any ParsableCommand.Type)] {
        [(words, command)]
            + command.configuration.subcommands.flatMap { below(words + [$0.configuration.commandName ?? "?"], $0) }
    }

    private static func help(_ command: any ParsableCommand.Type) -> String {
        AuthdCommand.helpMessage(for: command, columns: 1_000)
    }

    @Test("name --env-file wherever settings are read, and the flags of settings with it")
    func settingsFile() {
        var plain: [String] = []
        for (words, command) in Self.commands {
            let help = Self.help(command)
            if help.contains("--env-file") {
                let isGroup = !command.configuration.subcommands.isEmpty
                #expect(isGroup || help.contains("--database-url"), "\(words)")
            } else {
                plain.append(words.joined(separator: " "))
            }
        }
        #expect(
            plain.sorted() == [
                "authd config example", "authd config reference", "authd config troubleshooting", "authd init",
                "authd key make-root", "authd supabase sql", "authd version",
            ])
    }

    @Test("are sentences in plain words, and every argument has one")
    func words() {
        // As a newcomer met them once.
        let odd = [
            "what authd does without", "What to be called", "The address.", "Counts the address",
            "Takes every step", "deserves a look", "another role, or", "is none of",
        ]
        for (words, command) in Self.commands {
            let abstract = command.configuration.abstract
            #expect(abstract.hasSuffix(".") && abstract.first?.isUppercase == true, "\(words)")
            let help = Self.help(command)
            for phrase in odd { #expect(!help.contains(phrase), "\(words): \(phrase)") }
            // The help of `serve` lists the flags of settings, which the reference describes.
            guard words.last != "serve" else { continue }
            // A name that is too long for its column has the words below it.
            let lines: [Substring] = help.split(separator: "\n") + [""]
            for (line, next) in zip(lines, lines.dropFirst()) where line.hasPrefix("  --") || line.hasPrefix("  <") {
                let end = next.hasPrefix("   ") ? next : line
                #expect(end.hasSuffix(".") || end.hasSuffix(")"), "\(words): \(line)")
            }
        }
    }

    @Test("completions for three shells know every command and --env-file")
    func completions() {
        for shell in [CompletionShell.bash, .zsh, .fish] {
            let script = AuthdCommand.completionScript(for: shell)
            for word in ["set-role", "make-root", "inspect", "env-file"] {
                #expect(script.contains(word), "\(shell.rawValue): \(word)")
            }
        }
    }

    struct Case: CustomTestStringConvertible {
        let words: [String]
        let meant: String?
        var testDescription: String { words.joined(separator: " ") }
    }

    @Test(
        "a misspelt command is answered with the one that may be meant",
        arguments: [
            Case(words: ["serv"], meant: "authd serve"),
            Case(words: ["sevre", "--port", "1"], meant: "authd serve"),
            Case(words: ["users", "list"], meant: "authd user"),
            Case(words: ["user", "promot", "ada"], meant: "authd user promote"),
            Case(words: ["user", "reset", "ada"], meant: "authd user reset-password"),
            Case(words: ["migrate", "staus"], meant: "authd migrate status"),
            Case(words: ["audit", "verfy"], meant: "authd audit verify"),
            Case(words: ["supabase", "keys", "revok"], meant: "authd supabase keys revoke"),
            Case(words: ["serve"], meant: nil),
            Case(words: ["user", "promote", "serv"], meant: nil),
            Case(words: ["--port", "serv"], meant: nil),
            Case(words: ["frobnicate"], meant: nil),
            Case(words: [], meant: nil),
        ])
    func suggestions(_ test: Case) {
        let sentence = CommandSuggestion.sentence(for: test.words)
        #expect((sentence == nil) == (test.meant == nil))
        if let meant = test.meant {
            #expect(sentence?.hasSuffix("; `\(meant)` may be meant.") == true, "\(sentence ?? "")")
        }
    }
}
