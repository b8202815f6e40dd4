// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthService

extension UserCommand {
    /// `authd user set-role`: gives a user another role.
    struct SetRoleCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "set-role", abstract: "Sets a user's role.",
            discussion: """
                The user's access tokens are rejected within a second. The sessions stay: their next refresh, or the next \
                sign-in, gives a token of the new role.
                """)

        @OptionGroup var settings: SettingOptions
        @Argument(help: "The username, email address or id of the user.")
        var user: String
        @Argument(help: "The role, such as admin, user or guest.")
        var role: String

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            try await UserCommand.setRole(UserFields.role(role), of: user, invocation)
        }
    }

    /// `authd user promote`: the same for administrators.
    struct PromoteCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "promote", abstract: "Makes a user an administrator.",
            discussion: "The same as `authd user set-role USER admin`; --role names another role.")

        @OptionGroup var settings: SettingOptions
        @Argument(help: "The username, email address or id of the user.")
        var user: String
        @Option(help: "The role, such as admin, user or guest.")
        var role: String = "admin"

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            try await UserCommand.setRole(UserFields.role(role), of: user, invocation)
        }
    }

    /// `authd user disable`: takes a user's access away.
    struct DisableCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "disable", abstract: "Disables a user and revokes all of their sessions.")

        @OptionGroup var settings: SettingOptions
        @Argument(help: "The username, email address or id of the user.")
        var user: String

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            try await UserCommand.withUser(user, invocation) { (service, user) throws(CommandFailure) in
                guard user.isActive else { return UserCommand.tell(user, "is disabled already; nothing was changed.") }
                try await UserCommand.perform(.setActive(false), on: user, service)
                UserCommand.tell(
                    user,
                    "is disabled and cannot sign in; all sessions are ended, and their tokens are rejected within a second."
                )
            }
        }
    }

    /// `authd user enable`: gives it back.
    struct EnableCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "enable", abstract: "Re-enables a disabled user.")

        @OptionGroup var settings: SettingOptions
        @Argument(help: "The username, email address or id of the user.")
        var user: String

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            try await UserCommand.withUser(user, invocation) { (service, user) throws(CommandFailure) in
                guard !user.isActive else { return UserCommand.tell(user, "is enabled already; nothing was changed.") }
                try await UserCommand.perform(.setActive(true), on: user, service)
                UserCommand.tell(user, "is enabled and can sign in now; the sessions of before stay ended.")
            }
        }
    }

    /// `authd user verify`: takes an address for verified without a mail.
    struct VerifyCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify", abstract: "Marks a user's email address as verified.",
            discussion: """
                Only for an address of which you know otherwise that it is the user's: a reader of its mail can reset the \
                password. The user must be enabled.
                """)

        @OptionGroup var settings: SettingOptions
        @Argument(help: "The username, email address or id of the user.")
        var user: String

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            try await UserCommand.withUser(user, invocation) { (service, user) throws(CommandFailure) in
                guard let email = user.email?.original else {
                    throw CommandFailure(.failed, "\(user.shownName) has no email address.")
                }
                guard !user.isVerified else {
                    return UserCommand.tell(user, "has verified the address \(email) already; nothing was changed.")
                }
                try UserCommand.requireSignIn(user, at: service.now)
                _ = try await CommandFailure.wording { () throws(AuthError) in
                    try await service.users.verifyEmail(of: user, by: .commandLine, from: ClientContext())
                }
                UserCommand.tell(user, "has the verified address \(email); takes effect within a second.")
            }
        }
    }
}

extension UserCommand {
    fileprivate static func setRole(
        _ role: Role, of text: String, _ invocation: Invocation
    ) async throws(CommandFailure) {
        try await withUser(text, invocation) { (service, user) throws(CommandFailure) in
            guard user.role != role else { return tell(user, "is \(role.name) already; nothing was changed.") }
            try await perform(.setRole(role), on: user, service)
            tell(
                user,
                "is now \(role.name); takes effect at the next sign-in or refresh, and older access tokens are rejected "
                    + "within a second.")
        }
    }

    /// Carries out an action on a user.
    static func perform(
        _ action: AdministrativeAction, on user: User, _ service: AuthService
    ) async throws(CommandFailure) {
        _ = try await CommandFailure.wording { () throws(AuthError) in
            try await service.users.perform(action, on: user.id, by: .commandLine, from: ClientContext())
        }
    }

    /// Says what came of a command on a user.
    static func tell(_ user: User, _ predicate: String) {
        StandardStream.output.line("\(user.shownName) \(predicate)")
    }

    /// - Throws: A sentence where the user may not sign in.
    static func requireSignIn(_ user: User, at now: Timestamp) throws(CommandFailure) {
        guard !user.mayHoldSession(at: now) else { return }
        throw CommandFailure(
            .failed,
            user.isActive
                ? "\(user.shownName) is banned until \(user.bannedUntil?.rfc3339 ?? "further notice")."
                : "\(user.shownName) is disabled: run `authd user enable \(user.shownName)` first.")
    }
}
