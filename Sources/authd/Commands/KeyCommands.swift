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
            discussion: "Columns, separated by tabs: key id, algorithm, state, since when, time of making.")

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            try await UserCommand.withService(invocation) { (service) throws(AuthError) in
                for key in try await service.signingKeys() {
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
            commandName: "rotate", abstract: "Publishes a new signing key, which signs once verifiers can know it.")

        @Flag(help: "The present key is in wrong hands: replaces it at once and refuses every token it signed.")
        var emergency = false

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            try KeyCommands.requireStoredKeys(invocation)
            let command: KeyCommand = emergency ? .rotateAfterCompromise : .rotate
            try await UserCommand.withService(invocation) { (service) throws(AuthError) in
                try await service.rotateKeys(command)
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
                "Access tokens are signed with SECRET_KEY: set another one, and the present one as "
                    + "SECRET_KEY_PREVIOUS unless it is in wrong hands.")
        }
    }
}
