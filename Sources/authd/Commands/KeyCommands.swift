// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthService

/// `authd key`: the keys that sign access tokens.
struct KeyCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Lists, rotates and revokes signing keys.",
        subcommands: [ListCommand.self, RotateCommand.self, KeyRevocationCommand.self])

    struct ListCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Lists the signing keys.",
            discussion: "Tab-separated columns: key id, algorithm, state, time of the last state change, creation time."
        )

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            try await UserCommand.withService(invocation) { (service) throws(AuthError) in
                for key in try await service.keys.list() {
                    StandardStream.output.line(
                        [
                            key.id, key.algorithm, key.state.rawValue, key.stateChangedAt.rfc3339,
                            key.createdAt.rfc3339,
                        ].joined(separator: "\t"))
                }
            }
        }
    }

    struct RotateCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate",
            abstract: "Rotates the signing key.",
            discussion: """
                Publishes a new key at once, and starts signing with it after verifiers have had time to fetch it.
                """)

        @Flag(help: "Replaces a compromised key at once and rejects every token that it signed.")
        var emergency = false

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            try KeyCommands.requireStoredKeys(invocation)
            let command: KeyCommand = emergency ? .rotateAfterCompromise : .rotate
            try await UserCommand.withService(invocation) { (service) throws(AuthError) in
                try await service.keys.perform(command)
            }
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
