// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthService

extension UserCommand {
    /// `authd user grant`: gives a user permissions beside the role.
    struct GrantCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "grant", abstract: "Grants a user permissions beside the role.",
            discussion: """
                The user's access tokens are rejected within a second; the next refresh, or the next sign-in, gives a token with \
                the new permissions.
                """)

        @OptionGroup var settings: SettingOptions
        @Argument(help: "The username, email address or id of the user.")
        var user: String
        @Argument(help: "The permissions, such as reports:read.")
        var permissions: [String]

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            let scope = try PermissionArguments.scope(permissions)
            try await UserCommand.changePermissions(of: user, by: .grant(scope), invocation)
        }
    }

    /// `authd user revoke`: takes them away.
    struct RevokeCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke", abstract: "Revokes permissions that a user has beside the role.",
            discussion: """
                What the role grants stays. A permission that covers more than is revoked stays whole: revoke it, and grant \
                what is to be left.
                """)

        @OptionGroup var settings: SettingOptions
        @Argument(help: "The username, email address or id of the user.")
        var user: String
        @Argument(help: "The permissions, such as reports:read.")
        var permissions: [String]

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            let scope = try PermissionArguments.scope(permissions)
            try await UserCommand.changePermissions(of: user, by: .revoke(scope), invocation)
        }
    }

    private static func changePermissions(
        of text: String, by change: PermissionChange, _ invocation: Invocation
    ) async throws(CommandFailure) {
        try await withUser(text, invocation) { (service, user) throws(CommandFailure) in
            let changed = try await CommandFailure.wording { () throws(AuthError) in
                try await service.users.perform(
                    .changePermissions(change), on: user.id, by: .commandLine, from: ClientContext())
            }
            let names = changed.permissions == .none ? "nothing" : "\(changed.permissions)"
            guard changed.permissions != user.permissions else {
                return tell(user, "has \(names) beside the role \(user.role) as before; nothing was changed.")
            }
            tell(
                changed,
                "has \(names) beside the role \(changed.role); takes effect at the next sign-in or refresh, and older access "
                    + "tokens are rejected within a second.")
        }
    }
}
