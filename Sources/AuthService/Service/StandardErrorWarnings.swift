// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// Writes events that ask for the operator's attention to standard error, one line each, for services that give no observer.
///
/// A fault that lasts comes with every request: equal lines are written once a minute. No caller waits: a line for which the
/// reader of standard error has left no room is lost.
final class StandardErrorWarnings: Sendable {
    // A class because the state must have one place in memory.
    private let written = Mutex<[String: ContinuousClock.Instant]>([:])
    private let now: @Sendable () -> ContinuousClock.Instant
    private let write: @Sendable (String) -> Void

    /// How long an equal line is held back.
    static let interval = Duration.seconds(60)
    /// How many different lines are remembered.
    static let capacity = 64

    init(
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        write: @escaping @Sendable (String) -> Void = { StandardErrorWarnings.write($0, to: STDERR_FILENO) }
    ) {
        self.now = now
        self.write = write
    }

    /// Writes an event, unless it needs no attention or an equal line was written within the minute.
    func record(_ event: ServiceEvent) {
        guard event.needsAttention else { return }
        let line = "authd: \(event)".unicodeScalars.map { Self.isHarmless($0) ? String($0) : " " }.joined()
        let now = now()
        let isDue = written.withLock { written in
            if let last = written[line], now - last < Self.interval { return false }
            if written.count >= Self.capacity { written = written.filter { now - $0.value < Self.interval } }
            if written.count >= Self.capacity { written = [:] }
            written[line] = now
            return true
        }
        if isDue { write(line) }
    }

    /// Whether a character neither ends a line nor changes how the rest of it looks: what a database or a mail server says could
    /// else begin a line of its own.
    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }

    /// Writes one line, of 4 KiB at most, with one call of the system; not where that would wait for a reader.
    ///
    /// A pipe that says that it takes something takes as much as that at once.
    static func write(_ line: String, to descriptor: CInt) {
        var state = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&state, 1, 0) == 1, state.revents & Int16(POLLOUT) != 0 else { return }
        let bytes = Array(line.utf8.prefix(4_095)) + [UInt8(ascii: "\n")]
        _ = Glibc.write(descriptor, bytes, bytes.count)
    }
}
