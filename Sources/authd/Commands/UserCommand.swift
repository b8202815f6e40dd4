// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthService

/// `authd user`: what an operator does to users at the machine, without being one.
struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Creates, lists, shows, changes and deletes users.",
        discussion: SettingOptions.note,
        subcommands: [
            CreateCommand.self, InviteCommand.self, ListCommand.self, ShowCommand.self, SetRoleCommand.self,
            PromoteCommand.self, GrantCommand.self, RevokeCommand.self, VerifyCommand.self, DisableCommand.self,
            EnableCommand.self,
            ResetPasswordCommand.self, DeleteCommand.self, CleanUpCommand.self,
        ])

    struct CreateCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "create", abstract: "Creates a user, and prints the id.",
            discussion: "Prompts for the password on a terminal; otherwise reads it from one line of standard input.")

        @OptionGroup var settings: SettingOptions
        @Option(help: "The username.")
        var username: String?
        @Option(help: "The email address.")
        var email: String?
        @Option(help: "The user's full name.")
        var fullName: String?
        @Option(help: "The role, such as admin, user or guest.")
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
            try invocation.configuration().requireDatabase()
            let password = try PasswordEntry.newPassword()
            try await UserCommand.withService(invocation) { (service) throws(AuthError) in
                let user = try await service.users.create(
                    fields.draft(password: password, isVerified: verified),
                    by: .commandLine, mustChangePassword: mustChangePassword, from: ClientContext())
                StandardStream.output.line("\(user.id)")
                StandardStream.error.line(
                    "\(user.shownName) is created with the role \(user.role.name) and can sign in now.")
            }
        }
    }
}

extension UserCommand {
    /// Runs `body` with a started service that serves no requests.
    static func withService(
        _ invocation: Invocation, _ body: (AuthService) async throws(AuthError) -> Void
    ) async throws(CommandFailure) {
        try await CommandService.with(invocation) { (service) throws(CommandFailure) in
            try await CommandFailure.wording { () throws(AuthError) in try await body(service) }
        }
    }

    /// Lends the service and the user that an operator named.
    ///
    /// - Throws: `.usage` for a name that can be no user's; that the user does not exist; what `body` throws.
    static func withUser(
        _ text: String, _ invocation: Invocation,
        _ body: (AuthService, User) async throws(CommandFailure) -> Void
    ) async throws(CommandFailure) {
        let reference = try UserReference(text)
        try await CommandService.with(invocation) { (service) throws(CommandFailure) in
            let user = try await CommandFailure.wording { () throws(AuthError) in
                try await reference.user(in: service)
            }
            try await body(service, user)
        }
    }
}

extension User {
    /// What an operator calls the user in a sentence.
    var shownName: String { username?.original ?? email?.original ?? id.description }
}
