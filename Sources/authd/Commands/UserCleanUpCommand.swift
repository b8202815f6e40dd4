// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthService

extension UserCommand {
    /// `authd user clean-up`: removes registrations whose address was never verified.
    struct CleanUpCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "clean-up", abstract: "Removes users who registered, and never verified their address.",
            discussion: """
                Removes users who registered by themselves, never verified their address and never signed in. Their usernames and \
                addresses are free again at once. Users whom an administrator made, promoted or disabled stay, and so do users \
                from before authd noted who had registered. Users whose invitation has expired without being accepted are removed \
                with them, whatever their age. The daemon removes those by itself, and the others with UNVERIFIED_USER_DAYS. The command \
                asks for confirmation on a terminal; without a terminal it needs --yes. --dry-run lists them and removes nothing. \
                \(ListingOptions.note)
                """)

        @OptionGroup var settings: SettingOptions
        @Option(help: "The age in days from which users are removed (UNVERIFIED_USER_DAYS).")
        var olderThan: Int?
        @Flag(help: "Lists the users, and removes none.")
        var dryRun = false
        @Option(help: "The maximum number of users.")
        var limit: Int = 1_000
        @OptionGroup var listing: ListingOptions
        @OptionGroup var confirmation: ConfirmationOptions

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            guard limit > 0 else { throw CommandFailure(.usage, "--limit is at least 1.") }
            let age = try age(try invocation.configuration().service)
            try await CommandService.with(invocation) { (service) throws(CommandFailure) in
                let users = try await CommandFailure.wording { () throws(AuthError) in
                    try await service.users.abandonedRegistrations(olderThan: age, limit: limit)
                }
                if dryRun || listing.isJSON {
                    listing.show(users.map(Self.row), columns: Self.columns)
                }
                guard !dryRun else { return }
                let found = Counted.things(Int64(users.count), "user", "users")
                guard !users.isEmpty else {
                    return StandardStream.error.line("There are no such users; nothing was changed.")
                }
                StandardStream.error.line("\(found) never verified the address and will be removed for good.")
                try Confirmation.require("Remove them?", given: confirmation.yes)
                let removed = try await CommandFailure.wording { () throws(AuthError) in
                    try await service.users.removeAbandonedRegistrations(
                        olderThan: age, limit: users.count, by: .commandLine, from: ClientContext())
                }
                let outcome = "\(Counted.things(Int64(removed), "user was", "users were")) removed."
                if listing.isJSON {
                    StandardStream.error.line(outcome)
                } else {
                    StandardStream.output.line(outcome)
                }
            }
        }

        static let columns = ["id", "username", "email", "created_at"]

        private static func row(_ user: User) -> Record {
            Record([
                "id": .text(user.id.description), "username": .optional(user.username?.original),
                "email": .optional(user.email?.original), "created_at": .text(user.createdAt.rfc3339),
            ])
        }

        private func age(_ settings: AuthSettings) throws(CommandFailure) -> Duration {
            if let days = olderThan {
                guard (1...36_500).contains(days) else {
                    throw CommandFailure(.usage, "--older-than is 1 to 36500 days.")
                }
                return .seconds(86_400 * days)
            }
            guard let age = settings.abandonedRegistrationAge else {
                throw CommandFailure(.usage, "Give --older-than: UNVERIFIED_USER_DAYS is 0.")
            }
            return age
        }
    }
}
