// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthService

/// `authd key`: the keys that sign access tokens, and the root key.
struct KeyCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Lists, rotates and revokes signing keys; makes a root key.",
        discussion:
            "Those about signing keys take --env-file PATH, which names the file of settings, and settings as flags.",
        subcommands: [ListCommand.self, RotateCommand.self, KeyRevocationCommand.self, MakeRootKeyCommand.self])

    struct ListCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Lists the signing keys.", discussion: ListingOptions.note)

        @OptionGroup var settings: SettingOptions
        @OptionGroup var listing: ListingOptions

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            try await UserCommand.withService(invocation) { (service) throws(AuthError) in
                let keys = try await service.keys.list().map { key in
                    Record([
                        "id": .text(key.id), "algorithm": .text(key.algorithm), "state": .text(key.state.rawValue),
                        "state_changed_at": .text(key.stateChangedAt.rfc3339),
                        "created_at": .text(key.createdAt.rfc3339),
                    ])
                }
                listing.show(keys, columns: ["id", "algorithm", "state", "state_changed_at", "created_at"])
            }
        }
    }

    struct RotateCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate",
            abstract: "Rotates the signing key.",
            discussion: """
                Publishes a new key at once, and starts signing with it after verifiers have had time to fetch it. With \
                --emergency it shows how many sessions are affected and asks for confirmation on a terminal; without a \
                terminal that needs --yes.
                """)

        @OptionGroup var settings: SettingOptions
        @Flag(help: "Replaces a compromised key at once and rejects every token that it signed.")
        var emergency = false
        @OptionGroup var confirmation: ConfirmationOptions

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            try KeyCommands.requireStoredKeys(invocation)
            try await CommandService.with(invocation) { (service) throws(CommandFailure) in
                if emergency {
                    StandardStream.error.line(try await Self.emergencyImpact(service))
                    try Confirmation.require("Replace all keys?", given: confirmation.yes)
                }
                let keys = try await CommandFailure.wording { () throws(AuthError) in
                    try await service.keys.perform(emergency ? .rotateAfterCompromise : .rotate)
                    return try await service.keys.list()
                }
                StandardStream.output.line(
                    Self.result(keys, isEmergency: emergency, keySetLifetime: service.keys.jwksLifetime))
            }
        }

        /// What an emergency rotation ends, and what goes on.
        private static func emergencyImpact(_ service: AuthService) async throws(CommandFailure) -> String {
            let impact = try await CommandFailure.wording { () throws(AuthError) -> KeyRevocationImpact? in
                guard let active = try await service.keys.list().first(where: { $0.state == .active }) else {
                    return nil
                }
                return try await service.keys.impact(ofRevoking: active.id)
            }
            let count =
                impact?.sessionCount.map { Counted.things($0, "session", "sessions") + " at most" }
                ?? "sessions that could not be counted"
            return
                "Every access token that was signed until now will be rejected: those of \(count). The sessions continue, "
                + "because their refresh tokens stay valid."
        }

        /// Which key signs, from when on.
        static func result(
            _ keys: [SigningKeyDescription], isEmergency: Bool, keySetLifetime: Duration
        ) -> String {
            let active = keys.first { $0.state == .active }
            if isEmergency {
                return
                    "The key \(active?.id ?? "-") signs now; every earlier access token is rejected within a second, and "
                    + "clients get another one with their refresh tokens."
            }
            guard let pending = keys.first(where: { $0.state == .pending }) else {
                return
                    "The key \(active?.id ?? "-") signs now; tokens of the previous one are accepted until they expire."
            }
            let start = pending.stateChangedAt + keySetLifetime
            return
                "The key \(pending.id) is published now and signs from \(start.rfc3339) on; tokens of \(active?.id ?? "-") "
                + "are accepted until they expire."
        }
    }
}

extension KeyCommands {
    /// - Throws: What to do instead, where tokens are signed with a shared secret.
    static func requireStoredKeys(_ invocation: Invocation) throws(CommandFailure) {
        if case .shared = try invocation.configuration().signing {
            throw CommandFailure(
                .failed,
                "Access tokens are signed with SECRET_KEY: set a new one, and the current one as "
                    + "SECRET_KEY_PREVIOUS unless it is compromised.")
        }
    }
}
