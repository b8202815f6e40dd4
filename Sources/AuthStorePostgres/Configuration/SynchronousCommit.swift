// SPDX-License-Identifier: Apache-2.0

/// What a commit waits for before the server acknowledges it, from the least to the most.
public enum SynchronousCommit: String, Hashable, Sendable, CaseIterable {
    /// Nothing: a crash of the server loses what it acknowledged last.
    case off
    /// The server's own disk: a fail-over may lose what was acknowledged.
    case local
    /// That a standby has received it: lost where both machines crash.
    case remoteWrite = "remote_write"
    /// The server's disk, and those of its synchronous standbys.
    case on
    /// That the synchronous standbys show it as well.
    case remoteApply = "remote_apply"

    /// Whether what is acknowledged outlives a crash of the server and of the synchronous standbys.
    public var isDurable: Bool {
        switch self {
        case .off, .local, .remoteWrite: false
        case .on, .remoteApply: true
        }
    }
}

extension PostgresConfiguration {
    /// What the session's options in the URL say about `synchronous_commit`; `nil` where they do not name it, or give it a
    /// value that the server would not take.
    ///
    /// Without it, every session has at least `on`, whatever the role or the database has.
    public var chosenSynchronousCommit: SynchronousCommit? {
        var chosen: SynchronousCommit?
        for word in (settings[.options] ?? "").split(whereSeparator: { $0 == " " || $0 == "\t" }) {
            // `-c name=value`, `-cname=value` and `--name=value` are the same to the server; the last one holds.
            var assignment = word
            for mark in ["-c", "--"] where assignment.hasPrefix(mark) { assignment = assignment.dropFirst(2) }
            let parts = assignment.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, ["synchronous_commit", "synchronous-commit"].contains(parts[0].lowercased()) else {
                continue
            }
            chosen = Self.synchronousCommit(parts[1].lowercased()) ?? chosen
        }
        return chosen
    }

    private static func synchronousCommit(_ word: String) -> SynchronousCommit? {
        switch word {
        case "true", "yes", "1": .on
        case "false", "no", "0": .off
        default: SynchronousCommit(rawValue: word)
        }
    }
}
