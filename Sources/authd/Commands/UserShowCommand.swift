// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthService

extension UserCommand {
    /// `authd user show`: everything about one user but the password.
    struct ShowCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Shows a user: identifiers, role, state, times, and the number of sessions.")

        @OptionGroup var settings: SettingOptions
        @Argument(help: "The username, email address or id of the user.")
        var user: String
        @OptionGroup var listing: ListingOptions

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            try await UserCommand.withUser(user, invocation) { (service, user) throws(CommandFailure) in
                let sessions = try await CommandFailure.wording { () throws(AuthError) in
                    try await service.sessions.list(ofUser: user.id).count
                }
                listing.show(Self.record(user, sessionCount: sessions))
            }
        }

        static func record(_ user: User, sessionCount: Int) -> Record {
            Record([
                "id": .text(user.id.description), "username": .optional(user.username?.original),
                "email": .optional(user.email?.original), "email_verified_at": .optional(user.emailVerifiedAt),
                "full_name": .optional(user.fullName?.text), "role": .text(user.role.name),
                "permissions": .list(user.permissions.permissions.map(\.name)),
                "state": .text(user.isActive ? "active" : "disabled"), "banned_until": .optional(user.bannedUntil),
                "must_change_password": .flag(user.mustChangePassword), "created_at": .text(user.createdAt.rfc3339),
                "updated_at": .text(user.updatedAt.rfc3339), "last_login_at": .optional(user.lastLoginAt),
                "sessions": .number(Int64(sessionCount)),
            ])
        }
    }
}
