// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthService
import Glibc

/// `authd audit accept-restore`: lets the audit log continue although it lacks events that were signed.
struct AuditAcceptRestoreCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept-restore",
        abstract: "Continues the audit log after the database was restored or lost its last events.",
        discussion: """
            While the audit log does not continue the last signed head, the daemon records events but does not seal them. This \
            command shows both heads and asks for confirmation on a terminal; without a terminal it needs --yes. It opens a \
            segment that records both heads, signed, and the daemons continue with it by themselves. Find out first why the \
            events are gone. Run it on the host whose daemon reports the refusal, or give the checkpoint from its log.
            """)

    @OptionGroup var settings: SettingOptions
    @Option(help: "A line with the expected checkpoint, copied from the daemon's log.")
    var checkpoint: String?
    @OptionGroup var confirmation: ConfirmationOptions

    func run(_ invocation: Invocation) async throws(CommandFailure) {
        let expected = try AuditCommand.checkpoint(checkpoint)
        try await CommandService.with(invocation) { (service) throws(CommandFailure) in
            try await AuditCommand.requireReadableHead(service)
            let pending = try await CommandFailure.wording { () throws(AuthError) in
                try await service.audit.pendingRestore(expecting: expected)
            }
            guard let restore = pending else {
                StandardStream.output.line("The audit log continues the last signed head; there is nothing to accept.")
                return
            }
            for line in Self.report(restore) { StandardStream.output.line(line) }
            try Confirmation.require("Accept it?", given: confirmation.yes)
            let accepted = try await CommandFailure.wording { () throws(AuthError) in
                try await service.audit.accept(restore, by: CommandAuthor.name)
            }
            guard let segment = accepted else {
                throw CommandFailure(
                    .failed, "The audit log has changed meanwhile; nothing was accepted. Run the command again.")
            }
            StandardStream.output.line("accepted\tsegment \(segment.number)")
        }
    }

    private static func report(_ restore: AuditRestore) -> [String] {
        let found = restore.found.link.sequence
        var lines = [AuditVerifyCommand.sentence(restore.fault)]
        if let expected = restore.expected {
            lines.append("expected\tsegment \(expected.segment)\tevent \(expected.link.sequence)")
        }
        lines.append("found\tsegment \(restore.found.segment)\tevent \(found)")
        if let expected = restore.expected?.link.sequence, expected > found {
            lines.append("lost\tevents \(found + 1) to \(expected)")
        }
        return lines
    }
}

/// Who runs a command, for records that outlive it.
enum CommandAuthor {
    /// `command line` with the name of the system's user, or their number.
    static var name: String {
        let id = geteuid()
        let name = getpwuid(id).map { String(cString: $0.pointee.pw_name) } ?? "\(id)"
        return "command line, user \(name)"
    }
}
