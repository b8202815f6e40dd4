// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import Logging
import ServiceLifecycle

/// Takes over the file of roles whenever it has changed: every process on the database then knows within a second.
///
/// A file that cannot be used changes nothing, and is told of once.
struct RolesFileFollower: Service {
    let daemon: Daemon
    let logger: Logger
    /// What the start has taken over.
    let loaded: RoleFile?

    /// How long it rests between two looks.
    static let interval = Duration.seconds(1)

    func run() async {
        await cancelWhenGracefulShutdown {
            var current = loaded
            var told: [String] = []
            while (try? await Task.sleep(for: Self.interval)) != nil {
                do throws(CommandFailure) {
                    let file = try daemon.configuration.readRolesFile()
                    if let file, file != current {
                        try await daemon.load(file, logger)
                        current = file
                    }
                    told = []
                } catch {
                    if error.sentences != told {
                        for sentence in error.sentences {
                            logger.error("roles not replaced", metadata: ["reason": "\(sentence)"])
                        }
                    }
                    told = error.sentences
                }
            }
        }
    }
}

extension Daemon {
    /// Takes over the roles of the operator's file.
    ///
    /// - Throws: A sentence where they cannot be stored.
    func load(_ file: RoleFile, _ logger: Logger) async throws(CommandFailure) {
        let result = try await CommandFailure.wording { () throws(AuthError) in
            try await service.roles.load(file.definitions)
        }
        for role in result.kept {
            logger.warning(
                "role not removed although ROLES_FILE lists it no longer; users hold it", metadata: ["role": "\(role)"])
        }
        guard !result.written.isEmpty || !result.removed.isEmpty else { return }
        logger.notice(
            "roles replaced",
            metadata: [
                "written": "\(result.written.map(\.name).joined(separator: " "))",
                "removed": "\(result.removed.map(\.name).joined(separator: " "))",
            ])
    }
}
