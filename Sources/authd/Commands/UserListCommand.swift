// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthService
import AuthStore

extension UserCommand {
    /// `authd user list`: a row for each user.
    struct ListCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Lists users.", discussion: ListingOptions.note)

        @OptionGroup var settings: SettingOptions
        @Option(help: "Only users with this role.")
        var role: String?
        @Option(help: "Only users whose username, full name or email address contains this text.")
        var search: String?
        @Option(help: "The maximum number of users.")
        var limit: Int = 1_000
        @OptionGroup var listing: ListingOptions

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            guard limit > 0 else { throw CommandFailure(.usage, "--limit is at least 1.") }
            let role = try role.map { text throws(CommandFailure) in try UserFields.role(text) }
            try await UserCommand.withService(invocation) { (service) throws(AuthError) in
                var query = UserQuery(role: role, search: search, limit: 100)
                var users: [Record] = []
                while users.count < limit {
                    query.limit = min(limit - users.count, 100)
                    let page = try await service.users.list(matching: query)
                    users += page.users.map(Self.row)
                    guard let next = page.next, !page.users.isEmpty else { break }
                    query.start = .after(next)
                }
                listing.show(users, columns: Self.columns)
                if users.count == limit {
                    StandardStream.error.line(
                        "The list ends after \(limit) users; --limit shows more, if there are any.")
                }
            }
        }

        static let columns = ["id", "username", "email", "role", "state", "created_at"]

        private static func row(_ user: User) -> Record {
            Record([
                "id": .text(user.id.description), "username": .optional(user.username?.original),
                "email": .optional(user.email?.original), "role": .text(user.role.name),
                "state": .text(user.isActive ? "active" : "disabled"), "created_at": .text(user.createdAt.rfc3339),
            ])
        }
    }
}
