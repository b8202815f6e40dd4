// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthService
import AuthStore
import Logging

/// `authd user`: what an operator does to users at the machine, without being one.
struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Makes, lists and changes users.",
        subcommands: [
            CreateCommand.self, PromoteCommand.self, ListCommand.self, DisableCommand.self, EnableCommand.self,
            ResetPasswordCommand.self,
        ])

    struct CreateCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "create", abstract: "Makes a user.",
            discussion: "Asks for the password on the terminal, or reads one line of standard input.")

        @Option(help: "The name to sign in with.")
        var username: String?
        @Option(help: "The address.")
        var email: String?
        @Option(help: "What to be called.")
        var fullName: String?
        @Option(help: "What the user may do: admin, user or guest.")
        var role: String = "user"
        @Flag(help: "Counts the address as proven.")
        var verified = false
        @Flag(help: "The user must choose another password at first sign-in.")
        var mustChangePassword = false

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            guard username != nil || email != nil else {
                throw CommandFailure(.usage, "A user needs --username or --email.")
            }
            let fields = try UserFields(username: username, email: email, fullName: fullName, role: role)
            // Before anybody types a password in vain.
            _ = try invocation.configuration()
            let password = try PasswordEntry.newPassword()
            try await UserCommand.withService(invocation) { (service) throws(AuthError) in
                let user = try await service.createUser(
                    fields.draft(password: password, isVerified: verified),
                    by: .commandLine, mustChangePassword: mustChangePassword, from: ClientContext())
                StandardStream.output.line("\(user.id)")
            }
        }
    }

    struct PromoteCommand: DaemonCommand {
        static let configuration = CommandConfiguration(commandName: "promote", abstract: "Gives a user another role.")

        @Argument(help: "The username, address or id of the user.")
        var user: String
        @Option(help: "The role: admin, user or guest.")
        var role: String = "admin"

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            try await UserCommand.perform(.setRole(try UserFields.role(role)), on: user, invocation)
        }
    }

    struct DisableCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "disable", abstract: "Closes the door for a user and ends every session.")

        @Argument(help: "The username, address or id of the user.")
        var user: String

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            try await UserCommand.perform(.setActive(false), on: user, invocation)
        }
    }

    struct EnableCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "enable", abstract: "Opens the door for a user again.")

        @Argument(help: "The username, address or id of the user.")
        var user: String

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            try await UserCommand.perform(.setActive(true), on: user, invocation)
        }
    }

    struct ResetPasswordCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "reset-password", abstract: "Prints a code with which the user can set a new password, once.",
            discussion: "The code works at POST /auth/password/reset/confirm. Whoever has it can take the user over.")

        @Argument(help: "The username, address or id of the user.")
        var user: String

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            let reference = try UserReference(user)
            try await UserCommand.withService(invocation) { (service) throws(AuthError) in
                let token = try await service.startPasswordReset(
                    of: try await reference.user(in: service), by: .commandLine, mailing: false, from: ClientContext())
                if let token { StandardStream.output.line(token.revealed) }
            }
        }
    }
}

extension UserCommand {
    /// Runs `body` with a started service that serves nobody else.
    static func withService(
        _ invocation: Invocation, _ body: (AuthService) async throws(AuthError) -> Void
    ) async throws(CommandFailure) {
        var configuration = try invocation.configuration()
        if case .memory = configuration.database {
            throw CommandFailure(.failed, "DATABASE_URL is memory: no command reaches the memory of another process.")
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
        _ act: AdministrativeAct, on reference: String, _ invocation: Invocation
    ) async throws(CommandFailure) {
        let reference = try UserReference(reference)
        try await withService(invocation) { (service) throws(AuthError) in
            let user = try await reference.user(in: service)
            _ = try await service.perform(act, on: user.id, by: .commandLine, from: ClientContext())
        }
    }
}
