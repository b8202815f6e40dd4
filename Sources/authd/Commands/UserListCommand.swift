// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthService
import AuthStore

extension UserCommand {
    /// `authd user list`: one line for each user.
    struct ListCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Lists users.",
            discussion: "Tab-separated columns: id, username, email address, role, active or disabled, creation time.")

        @Option(help: "Only users with this role.")
        var role: String?
        @Option(help: "Only users whose username, full name or email address contains this text.")
        var search: String?
        @Option(help: "The maximum number of users.")
        var limit: Int = 1_000

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            guard limit > 0 else { throw CommandFailure(.usage, "--limit is at least 1.") }
            let role = try role.map { text throws(CommandFailure) in try UserFields.role(text) }
            try await UserCommand.withService(invocation) { (service) throws(AuthError) in
                var query = UserQuery(role: role, search: search, limit: 100)
                var remaining = limit
                while remaining > 0 {
                    query.limit = min(remaining, 100)
                    let page = try await service.users.list(matching: query)
                    for user in page.users { StandardStream.output.line(Self.row(user)) }
                    remaining -= page.users.count
                    guard let next = page.next, !page.users.isEmpty else { return }
                    query.start = .after(next)
                }
            }
        }

        /// Usernames and addresses have no tabs in them by their types.
        private static func row(_ user: User) -> String {
            [
                "\(user.id)", user.username?.original ?? "-", user.email?.original ?? "-", user.role.name,
                user.isActive ? "active" : "disabled", user.createdAt.rfc3339,
            ].joined(separator: "\t")
        }
    }
}
