// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The command line as a whole.
struct AuthdCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "authd", abstract: "Manages users, passwords, sessions and tokens for other services.",
        discussion: """
            A setting is read from its flag, then from the environment, then from the file .env (--env-file PATH names \
            another file); the first value found wins. The flag of the setting PORT is --port. A secret has no flag, because \
            every user of the host can read the arguments of a process. `authd config reference` describes all settings; \
            `authd config check` shows their values.
            """,
        version: Version.text,
        subcommands: [
            ServeCommand.self, MigrateCommand.self, UserCommand.self, KeyCommands.self, AuditCommand.self,
            OpenAPICommand.self, ConfigCommand.self, DoctorCommand.self, VersionCommand.self,
        ],
        defaultSubcommand: ServeCommand.self)
}

/// A command that needs the settings.
protocol DaemonCommand: ParsableCommand {
    /// Runs the command.
    ///
    /// - Throws: The messages for the operator, and the exit status.
    func run(_ invocation: Invocation) async throws(CommandFailure)
}

/// A command that needs no settings.
struct VersionCommand: DaemonCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Prints the version.")

    func run(_ invocation: Invocation) {
        StandardStream.output.line("authd \(Version.text)")
    }
}
