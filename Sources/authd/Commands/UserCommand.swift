// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthService
import AuthStore
import Logging

/// `authd user`: what an operator does to users at the machine, without being one.
struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Creates, lists and changes users.",
        subcommands: [
            CreateCommand.self, PromoteCommand.self, ListCommand.self, DisableCommand.self, EnableCommand.self,
            ResetPasswordCommand.self,
        ])

    struct CreateCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "create", abstract: "Creates a user.",
            discussion: "Prompts for the password on a terminal; otherwise reads it from one line of standard input.")

        @Option(help: "The username.")
        var username: String?
        @Option(help: "The email address.")
        var email: String?
        @Option(help: "The user's full name.")
        var fullName: String?
        @Option(help: "The role: admin, user or guest.")
        var role: String = "user"
        @Flag(help: "Marks the email address as verified.")
        var verified = false
        @Flag(help: "Requires the user to change the password at the first sign-in.")
        var mustChangePassword = false

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            guard username != nil || email != nil else {
                throw CommandFailure(.usage, "Give --username or --email.")
            }
            let fields = try UserFields(username: username, email: email, fullName: fullName, role: role)
            // Before the operator types a password in vain.
            _ = try invocation.configuration()
            let password = try PasswordEntry.newPassword()
            try await UserCommand.withService(invocation) { (service) throws(AuthError) in
                let user = try await service.users.create(
                    fields.draft(password: password, isVerified: verified),
                    by: .commandLine, mustChangePassword: mustChangePassword, from: ClientContext())
                StandardStream.output.line("\(user.id)")
            }
        }
    }

    struct PromoteCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "promote", abstract: "Sets a user's role: admin, unless --role names another.")

        @Argument(help: "The username, email address or id of the user.")
        var user: String
        @Option(help: "The role: admin, user or guest.")
        var role: String = "admin"

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            try await UserCommand.perform(.setRole(try UserFields.role(role)), on: user, invocation)
        }
    }

    struct DisableCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "disable", abstract: "Disables a user and revokes all of their sessions.")

        @Argument(help: "The username, email address or id of the user.")
        var user: String

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            try await UserCommand.perform(.setActive(false), on: user, invocation)
        }
    }

    struct EnableCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "enable", abstract: "Re-enables a disabled user.")

        @Argument(help: "The username, email address or id of the user.")
        var user: String

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            try await UserCommand.perform(.setActive(true), on: user, invocation)
        }
    }

    struct ResetPasswordCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "reset-password", abstract: "Prints a one-time code for setting a new password.",
            discussion: """
                The user must be enabled and have an email address. The code is accepted at POST \
                /auth/password/reset/confirm. Keep it secret: it gives control of the user.
                """)

        @Argument(help: "The username, email address or id of the user.")
        var user: String

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            let reference = try UserReference(user)
            try await UserCommand.withService(invocation) { (service) throws(AuthError) in
                let token = try await service.passwords.startReset(
                    of: try await reference.user(in: service), by: .commandLine, mailing: false, from: ClientContext())
                if let token { StandardStream.output.line(token.revealed) }
            }
        }
    }
}

extension UserCommand {
    /// Runs `body` with a started service that serves no requests.
    static func withService(
        _ invocation: Invocation, _ body: (AuthService) async throws(AuthError) -> Void
    ) async throws(CommandFailure) {
        var configuration = try invocation.configuration()
        if case .memory = configuration.database {
            throw CommandFailure(.failed, "DATABASE_URL is memory: a command cannot reach the memory of the daemon.")
        }
        // A command sends no mail and must not make the developer's mail file.
        configuration.mail.destination = .none
        let format = configuration.logFormat
        let logger = Logger(label: "authd") { label in
            LineLogHandler(label: label, level: .error, format: format) { StandardStream.error.write($0) }
        }
        let daemon = try await Daemon(configuration, logger: logger)
        let outcome: Result<Void, AuthError>
        do throws(AuthError) {
            outcome = .success(try await body(daemon.service))
        } catch {
            outcome = .failure(error)
        }
        await daemon.close()
        if case .failure(let error) = outcome { throw CommandFailure(error) }
    }

    fileprivate static func perform(
        _ action: AdministrativeAction, on reference: String, _ invocation: Invocation
    ) async throws(CommandFailure) {
        let reference = try UserReference(reference)
        try await withService(invocation) { (service) throws(AuthError) in
            let user = try await reference.user(in: service)
            _ = try await service.users.perform(action, on: user.id, by: .commandLine, from: ClientContext())
        }
    }
}
