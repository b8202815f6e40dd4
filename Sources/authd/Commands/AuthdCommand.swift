// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The command line as a whole.
struct AuthdCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "authd", abstract: "Manages users, passwords, sessions and tokens for other services.",
        discussion: """
            A setting is read from its flag, then from the environment, then from one file; the first value found wins. The \
            file is the one that --env-file PATH names, else the one that AUTHD_ENV_FILE names, else ./.env, else \
            /etc/authd/authd.env (not with ENVIRONMENT=development). The flag of the setting PORT is --port. A secret has no \
            flag, because every user of the host can read the arguments of a process. `authd init` writes a first file; `authd \
            config reference` describes all settings; `authd config check` shows their values; `authd doctor` says what is \
            wrong with an installation that runs.

            Standard output has the results: rows, ids, codes, documents. Standard error names the file of settings and the \
            database. The exit status is 0 for success, 1 for a failure, 64 for an invalid command line and 78 for invalid \
            settings. `authd --generate-completion-script bash` (or zsh, or fish) prints completions for a shell.
            """,
        version: Version.text,
        subcommands: [
            InitCommand.self, ServeCommand.self, MigrateCommand.self, SetupLinkCommand.self, UserCommand.self,
            InvitationCommand.self, RoleCommand.self, SessionCommand.self, KeyCommands.self,
            TokenCommand.self, AuditCommand.self, MailCommand.self, OutboxCommand.self, SupabaseCommand.self,
            OpenAPICommand.self, ConfigCommand.self,
            DoctorCommand.self, VersionCommand.self,
        ],
        defaultSubcommand: ServeCommand.self)
}

/// A command that needs the settings.
protocol DaemonCommand: ParsableCommand {
    /// Shown in the help of the command; read elsewhere.
    var settings: SettingOptions { get }

    /// Runs the command.
    ///
    /// - Throws: The messages for the operator, and the exit status.
    func run(_ invocation: Invocation) async throws(CommandFailure)
}

/// A command that needs no settings, and so no file of settings.
protocol PlainCommand: ParsableCommand {
    /// Runs the command; of the settings it knows those that were given as flags.
    ///
    /// - Throws: The messages for the operator, and the exit status.
    func perform(_ flags: SettingFlags) async throws(CommandFailure)
}

/// `authd version`: prints the version.
struct VersionCommand: PlainCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Prints the version.")

    func perform(_ flags: SettingFlags) {
        StandardStream.output.line("authd \(Version.text)")
    }
}
