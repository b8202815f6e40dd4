// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthService

/// `authd supabase keys`: the keys that clients of Supabase's API present.
struct SupabaseKeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Makes, lists and revokes keys for Supabase's API.",
        discussion: SettingOptions.note,
        subcommands: [MakeCommand.self, ListCommand.self, RevokeCommand.self], defaultSubcommand: MakeCommand.self)

    struct MakeCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "make", abstract: "Prints a key for clients and a secret key, a line for each.",
            discussion: """
                The first line has the key that clients carry (anon), which opens nothing. The second has the secret key \
                (service_role), which opens the admin API: it belongs on servers alone. As JWTs the same pair is printed again \
                until less than 30 days of it are left; a secret key of --opaque is shown once. Two secret keys of each form \
                can be live, so that one can be replaced without a gap.
                """)

        @OptionGroup var settings: SettingOptions
        @Flag(help: "Makes a publishable and a secret key that are no JWTs.")
        var opaque = false
        @Option(help: "The name under which the list has the secret key, at most 64 bytes.")
        var name = "authd supabase keys"
        @Option(help: "The days for which the secret key is valid, 1 to 3650.")
        var days = 365
        @Flag(help: "Makes another pair of JWTs although one is live.")
        var new = false

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            guard (1...3_650).contains(days) else { throw CommandFailure(.usage, "--days is from 1 to 3650.") }
            let hasControls = name.unicodeScalars.contains { $0.properties.generalCategory == .control }
            guard (1...SupabaseKey.maximumNameBytes).contains(name.utf8.count), !hasControls else {
                throw CommandFailure(
                    .usage, "--name has 1 to \(SupabaseKey.maximumNameBytes) bytes and no control characters.")
            }
            guard try invocation.configuration().service.supabase != nil else {
                throw CommandFailure(
                    .failed, "Supabase's API is off: set SUPABASE_API=true, and start the daemon with it.")
            }
            try await UserCommand.withService(invocation) { (service) throws(AuthError) in
                let made = try await service.supabase.makeKeys(
                    opaque ? .opaque : .jwt, name: name, lifetime: .seconds(86_400 * days), isNew: new,
                    from: ClientContext())
                StandardStream.output.line("anon \(made.anonymous.revealed)")
                StandardStream.output.line("service_role \(made.service.revealed)")
                StandardStream.error.line(
                    "The secret key \(made.key.id) is valid until \(made.key.expiresAt.rfc3339); `authd supabase keys revoke "
                        + "\(made.key.id)` ends it.")
            }
        }
    }

    struct ListCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Lists the secret keys, the newest first.",
            discussion: """
                No row holds a key. A key stays in the list for 90 days after it ended. The time of its last use is written at \
                most once a minute.

                """ + ListingOptions.note)

        @OptionGroup var settings: SettingOptions
        @OptionGroup var listing: ListingOptions

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            try await UserCommand.withService(invocation) { (service) throws(AuthError) in
                let now = service.now
                let keys = try await service.supabase.keys()
                listing.show(keys.map { $0.row(at: now) }, columns: SupabaseKey.columns)
            }
        }
    }

    struct RevokeCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke", abstract: "Revokes a secret key: every daemon refuses it from its next request on.",
            discussion: "`authd supabase keys list` shows the ids.")

        @OptionGroup var settings: SettingOptions
        @Argument(help: "The id of the key.")
        var id: String

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            guard let key = SupabaseKeyID(parsing: id) else {
                throw CommandFailure(.usage, "\(SettingReader.quoted(id)) is not the id of a key.")
            }
            try await CommandService.with(invocation) { (service) throws(CommandFailure) in
                let revoked = try await CommandFailure.wording { () throws(AuthError) in
                    try await service.supabase.revokeKey(key, from: ClientContext())
                }
                guard let revoked else { throw CommandFailure(.failed, "There is no such key.") }
                StandardStream.output.line("The key \(revoked.id) is revoked.")
            }
        }
    }
}

extension SupabaseKey {
    static let columns = ["id", "form", "name", "state", "created_at", "last_used_at", "expires_at"]

    /// A row of the list; JSON has who made the key and when it was revoked, too.
    func row(at now: Timestamp) -> Record {
        Record([
            "id": .text(id.description), "form": .text(form.rawValue), "name": .text(name),
            "state": .text(stateWord(at: now)), "created_at": .text(createdAt.rfc3339),
            "last_used_at": .optional(lastUsedAt), "expires_at": .text(expiresAt.rfc3339),
            "revoked_at": .optional(revokedAt), "creator": .optional(creator?.description),
        ])
    }

    /// `live`, `revoked` or `expired`.
    func stateWord(at now: Timestamp) -> String {
        if revokedAt != nil { return "revoked" }
        return isLive(at: now) ? "live" : "expired"
    }
}
