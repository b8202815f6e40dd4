// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The command line as a whole.
struct AuthdCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "authd", abstract: "Users, passwords, sessions and tokens for other services.",
        discussion: """
            Every setting is a flag, a variable of the environment or a line in .env, in this order of precedence: \
            PORT is --port. `authd config reference` describes them all; `authd config check` shows those in force.
            """,
        version: Version.text,
        subcommands: [
            ServeCommand.self, MigrateCommand.self, UserCommand.self, KeyCommands.self, AuditCommand.self,
            OpenAPICommand.self, ConfigCommand.self, DoctorCommand.self, VersionCommand.self,
        ],
        defaultSubcommand: ServeCommand.self)
}

/// A command that does something with the settings.
protocol DaemonCommand: ParsableCommand {
    /// Does it.
    ///
    /// - Throws: Sentences for whoever typed the command, and the status to exit with.
    func run(_ invocation: Invocation) async throws(CommandFailure)
}

/// A command that needs no settings.
struct VersionCommand: DaemonCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Prints the version.")

    func run(_ invocation: Invocation) {
        StandardStream.output.line("authd \(Version.text)")
    }
}
