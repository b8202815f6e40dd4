// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthService

/// `authd key revoke`: revokes a signing key at once, and shows beforehand which tokens are rejected with it.
struct KeyRevocationCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Revokes a signing key: rejects every token that it signed, at once.",
        discussion: """
            An active key is replaced by a new one in the same transaction. The command shows which tokens will be rejected \
            and asks for confirmation on a terminal; without a terminal it needs --yes. `authd key list` shows the key ids.
            """)

    @OptionGroup var settings: SettingOptions
    @Argument(help: "The key id (the kid of its tokens).")
    var key: String
    @OptionGroup var confirmation: ConfirmationOptions

    func run(_ invocation: Invocation) async throws(CommandFailure) {
        try KeyCommands.requireStoredKeys(invocation)
        try await CommandService.with(invocation) { (service) throws(CommandFailure) in
            let impact = try await CommandFailure.wording { () throws(AuthError) in
                try await service.keys.impact(ofRevoking: key)
            }
            guard let impact else { throw CommandFailure(.failed, "The key does not exist.") }
            for line in Self.report(impact, keySetLifetime: service.keys.jwksLifetime) {
                StandardStream.output.line(line)
            }
            guard impact.key.state != .retired else {
                throw CommandFailure(.failed, "The key is already retired: no token that it signed is accepted.")
            }
            try Confirmation.require("Revoke it?", given: confirmation.yes)
            let outcome = try await CommandFailure.wording { () throws(AuthError) in
                try await service.keys.revoke(key)
            }
            switch outcome {
            case .revoked(let active):
                StandardStream.output.line("revoked\t\(key)")
                StandardStream.output.line("active\t\(active)")
            case .alreadyRetired: throw CommandFailure(.failed, "The key was retired meanwhile.")
            case .unknown: throw CommandFailure(.failed, "The key was removed meanwhile.")
            }
        }
    }

    /// What ends with the key and what does not, a line for each.
    private static func report(_ impact: KeyRevocationImpact, keySetLifetime: Duration) -> [String] {
        let key = impact.key
        var lines = ["key\t\(key.id)\t\(key.algorithm)\t\(key.state.rawValue)\tcreated \(key.createdAt.rfc3339)"]
        switch (impact.signedFrom, impact.signedUntil) {
        case (let from?, nil): lines.append("signs\tsince \(from.rfc3339)")
        case (let from?, let until?):
            lines.append("signed\tfrom \(from.rfc3339) at the earliest until \(until.rfc3339)")
        case (nil, _): lines.append("signs\tnothing yet")
        }
        guard let end = impact.tokensLiveUntil else { return lines + ["tokens\tnone that would be accepted"] }
        let count = impact.sessionCount.map { "\($0) at most" } ?? "could not be counted"
        return lines + [
            "tokens\twould be accepted until \(end.rfc3339); revoking the key rejects them at once",
            "sessions\tthat may hold one: \(count); they continue, because their refresh tokens stay valid",
            "elsewhere\tservices that verify tokens themselves reject them at once if they follow /auth/changes, otherwise "
                + "when they fetch the key set again: within \(keySetLifetime.components.seconds) seconds if they honor max-age",
        ]
    }
}
