// SPDX-License-Identifier: Apache-2.0

import Glibc
import Logging
import ServiceLifecycle
import UnixSignals

/// What the daemon does when the system sends it a signal.
///
/// The first SIGTERM, SIGINT or SIGQUIT ends it in order, SIGTERM after a delay in which it serves on and says that it is
/// not ready; the next one ends it at once. SIGHUP makes it read files of secrets again where there are any. SIGUSR1 and SIGUSR2,
/// and SIGHUP otherwise, by which other programs are told to read files anew, are logged and ignored.
struct ProcessSignals: Sendable {
    private let signals: UnixSignalsSequence
    private let delay: Duration
    private let onEnding: @Sendable () -> Void
    private let onHangUp: (@Sendable () -> Void)?
    private let logger: Logger

    /// Traps the signals from here on.
    ///
    /// - Parameters:
    ///   - delay: How long the daemon serves on after SIGTERM.
    ///   - onEnding: Called once at the first signal that ends the daemon, before the delay.
    ///   - onHangUp: Called at each SIGHUP, and must not wait, for no other signal is taken meanwhile; `nil` to ignore it.
    ///   - logger: Where each signal is told.
    init(
        delay: Duration, onEnding: @escaping @Sendable () -> Void, onHangUp: (@Sendable () -> Void)? = nil,
        logger: Logger
    ) async {
        signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sigquit, .sighup, .sigusr1, .sigusr2)
        self.delay = delay
        self.onEnding = onEnding
        self.onHangUp = onHangUp
        self.logger = logger
    }

    /// Keeps the signals that mean nothing here from ending the process, before there is a log to tell of them.
    static func ignoreNotifications() {
        for number in [SIGHUP, SIGUSR1, SIGUSR2] { signal(number, SIG_IGN) }
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
        await withDiscardingTaskGroup { ends in
            var isEnding = false
            for await signal in signals {
                if signal == .sighup, let onHangUp {
                    logger.notice("reading files of secrets again", metadata: ["signal": "\(signal)"])
                    onHangUp()
                    continue
                }
                guard Self.ends(signal) else {
                    logger.notice(
                        "signal ignored; settings and files are read only at start",
                        metadata: ["signal": "\(signal)"])
                    continue
                }
                if isEnding { _exit(128 + signal.rawValue) }
                isEnding = true
                ends.addTask { await end(group, signal) }
            }
            ends.cancelAll()
        }
    }

    private func end(_ group: ServiceGroup, _ signal: UnixSignal) async {
        onEnding()
        if signal == .sigterm, delay > .zero {
            logger.info(
                "shutdown announced, still serving",
                metadata: ["signal": "\(signal)", "seconds": .stringConvertible(delay.components.seconds)])
            try? await Task.sleep(for: delay)
        }
        logger.info("finishing requests in flight", metadata: ["signal": "\(signal)"])
        await group.triggerGracefulShutdown()
    }

    private static func ends(_ signal: UnixSignal) -> Bool {
        signal == .sigterm || signal == .sigint || signal == .sigquit
    }
}
