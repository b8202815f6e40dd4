// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `authd config`: the settings in force, and what there is to set.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Checks and documents the settings.",
        subcommands: [CheckCommand.self, ReferenceCommand.self, ExampleCommand.self])

    struct CheckCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Shows the value of every setting and reports all errors; does not connect to the database.")

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            for line in ConfigurationReport(invocation.sources).lines { StandardStream.output.line(line) }
            let configuration = try invocation.configuration()
            for warning in configuration.warnings { StandardStream.error.line("warning: \(warning)") }
        }
    }

    struct ReferenceCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "reference", abstract: "Prints the reference of all settings, in Markdown.")

        func run(_ invocation: Invocation) {
            StandardStream.output.write(Array(SettingsReference.markdown.utf8))
        }
    }

    struct ExampleCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "example", abstract: "Prints a .env file with every setting commented out.")

        func run(_ invocation: Invocation) {
            StandardStream.output.write(Array(SettingsReference.environmentFile.utf8))
        }
    }
}
