// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthService
import Glibc

/// `authd key revoke`: puts an end to a signing key at once, and says beforehand what else ends with it.
struct KeyRevocationCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Refuses at once every token that a key signed.",
        discussion: """
            Where the key is the active one, another takes its place in the same transaction. Says first what ends with \
            the key, and asks on a terminal; elsewhere it wants --yes. `authd key list` shows the key ids.
            """)

    @Argument(help: "The key id, the kid of its tokens.")
    var key: String
    @Flag(help: "Does not ask.")
    var yes = false

    func run(_ invocation: Invocation) async throws(CommandFailure) {
        try KeyCommands.requireStoredKeys(invocation)
        var refusal: CommandFailure?
        try await UserCommand.withService(invocation) { (service) throws(AuthError) in
            guard let impact = try await service.impact(ofRevokingKey: key) else {
                refusal = CommandFailure(.failed, "There is no such key.")
                return
            }
            for line in Self.report(impact, keySetLifetime: service.jwksLifetime) { StandardStream.output.line(line) }
            guard impact.key.state != .retired else {
                refusal = CommandFailure(.failed, "The key is retired: nothing that it signed is accepted.")
                return
            }
            guard yes || Self.isConfirmed() else {
                refusal = CommandFailure(.failed, "Nothing was done. Where nobody can be asked, give --yes.")
                return
            }
            switch try await service.revokeKey(key) {
            case .revoked(let active):
                StandardStream.output.line("revoked\t\(key)")
                StandardStream.output.line("active\t\(active)")
            case .alreadyRetired: refusal = CommandFailure(.failed, "The key was retired meanwhile.")
            case .unknown: refusal = CommandFailure(.failed, "The key was removed meanwhile.")
            }
        }
        if let refusal { throw refusal }
    }

    /// What ends with the key and what does not, a line for each.
    private static func report(_ impact: KeyRevocationImpact, keySetLifetime: Duration) -> [String] {
        let key = impact.key
        var lines = ["key\t\(key.id)\t\(key.algorithm)\t\(key.state.rawValue)\tmade \(key.createdAt.rfc3339)"]
        switch (impact.signedFrom, impact.signedUntil) {
        case (let from?, nil): lines.append("signs\tsince \(from.rfc3339)")
        case (let from?, let until?):
            lines.append("signed\tfrom \(from.rfc3339) at the earliest until \(until.rfc3339)")
        case (nil, _): lines.append("signs\tnothing yet")
        }
        guard let end = impact.tokensLiveUntil else { return lines + ["tokens\tnone are left that would be accepted"] }
        let count = impact.sessionCount.map { "\($0) at most" } ?? "could not be counted"
        return lines + [
            "tokens\twould be accepted until \(end.rfc3339), and are refused from now on",
            "sessions\tthat may hold one: \(count); they go on, since refresh tokens stay good",
            "elsewhere\tservices that verify by themselves refuse at once if they follow /auth/changes, else when they "
                + "fetch the key set again: within \(keySetLifetime.components.seconds) seconds if they heed max-age",
        ]
    }

    /// Asks on a terminal; nobody can be asked elsewhere.
    private static func isConfirmed() -> Bool {
        guard isatty(STDIN_FILENO) == 1 else { return false }
        StandardStream.error.write(Array("Revoke it? Type yes: ".utf8))
        return readLine() == "yes"
    }
}
