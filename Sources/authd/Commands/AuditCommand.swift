// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthService

/// `authd audit`: whether the audit log is what was recorded, and what an operator does about it.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Verifies the audit log, removes old events and erases personal data from it.",
        subcommands: [
            AuditVerifyCommand.self, AuditAcceptRestoreCommand.self, AuditCutCommand.self, EraseCommand.self,
        ])

    struct EraseCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "erase",
            abstract: "Erases IP addresses, user agents and request ids from a user's events.",
            discussion: """
                Erases them from the events that the user caused, and from events about the user whose actor is unknown. This \
                cannot be undone. The events and their times are kept, and the log still verifies. Name a deleted user by id.
                """)

        @Option(help: "The username, email address or id of the user.")
        var user: String

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            let reference = try UserReference(user)
            try await UserCommand.withService(invocation) { (service) throws(AuthError) in
                let id: UserID
                switch reference {
                case .id(let given): id = given
                case .identifier: id = try await reference.user(in: service).id
                }
                let count = try await service.audit.erasePayload(of: id, by: .commandLine, from: ClientContext())
                StandardStream.output.line("erased from \(count) events")
            }
        }
    }

    /// Why a command cannot compare the log with the head in AUDIT_HEAD_FILE: an unreadable file must not pass for one that
    /// was never written.
    static func headFailure(_ service: AuthService) async -> CommandFailure? {
        guard let error = await service.audit.unreadableHead() else { return nil }
        return CommandFailure(.failed, error.sentence)
    }

    /// The checkpoint of an option; `nil` where it was not given.
    static func checkpoint(_ line: String?) throws(CommandFailure) -> AuditCheckpoint? {
        guard let line else { return nil }
        guard let checkpoint = CheckpointLine.checkpoint(in: line) else {
            throw CommandFailure(.usage, "--checkpoint has no segment, sequence, digest and signature.")
        }
        return checkpoint
    }
}
