// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthService

/// `authd audit`: whether the audit log is what was recorded, and what an operator does about it.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Lists and verifies the audit log, removes old events and erases personal data from it.",
        discussion: SettingOptions.note,
        subcommands: [
            AuditListCommand.self, AuditVerifyCommand.self, AuditAcceptRestoreCommand.self, AuditCutCommand.self,
            EraseCommand.self,
        ])

    struct EraseCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "erase",
            abstract: "Erases IP addresses, user agents and request ids from a user's events.",
            discussion: """
                Erases them from the events that the user caused, and from events about the user whose actor is unknown. This \
                cannot be undone. The events and their times are kept, and the log still verifies. Name a deleted user by id. \
                The command asks for confirmation on a terminal; without a terminal it needs --yes.
                """)

        @OptionGroup var settings: SettingOptions
        @Option(help: "The username, email address or id of the user.")
        var user: String
        @OptionGroup var confirmation: ConfirmationOptions

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            let reference = try UserReference(user)
            try await CommandService.with(invocation) { (service) throws(CommandFailure) in
                let id = try await CommandFailure.wording { () throws(AuthError) in try await reference.id(in: service)
                }
                StandardStream.error.line(
                    "IP addresses, user agents and request ids of the user \(id) will be erased from the audit log, for good."
                )
                try Confirmation.require("Erase them?", given: confirmation.yes)
                let count = try await CommandFailure.wording { () throws(AuthError) in
                    try await service.audit.erasePayload(of: id, by: .commandLine, from: ClientContext())
                }
                StandardStream.output.line("erased from \(count) events")
            }
        }
    }

    /// - Throws: Why a command cannot compare the log with the head in AUDIT_HEAD_FILE: an unreadable file must not pass for
    ///   one that was never written.
    static func requireReadableHead(_ service: AuthService) async throws(CommandFailure) {
        if let error = await service.audit.unreadableHead() { throw CommandFailure(.failed, error.sentence) }
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
