// SPDX-License-Identifier: Apache-2.0

import Glibc
import Logging
import ServiceLifecycle
import UnixSignals

/// Ends the daemon when the system asks: the first SIGTERM or SIGINT drains, a second one ends the process at once.
struct ProcessSignals: Sendable {
    private let signals: UnixSignalsSequence
    private let logger: Logger

    /// Traps the signals from here on.
    init(logger: Logger) async {
        signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        self.logger = logger
    }

    /// Runs the group until it ends, by a signal or by itself.
    ///
    /// - Throws: What the group throws.
    func run(_ group: ServiceGroup) async throws {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask { await watch(group) }
            // The group is the one that ends: the watch does only when it is cancelled.
            try await tasks.next()
            tasks.cancelAll()
        }
    }

    private func watch(_ group: ServiceGroup) async {
        var isDraining = false
        for await signal in signals {
            if isDraining { _exit(128 + signal.rawValue) }
            isDraining = true
            logger.info("draining", metadata: ["signal": "\(signal)"])
            await group.triggerGracefulShutdown()
        }
    }
}
