// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization

/// Writes the log on a thread of its own: a caller only adds to a bounded queue and never waits for the reader.
///
/// A pipe that is not read, a stopped terminal or a stuck journal cost lines of the log, and no answer.
final class LogWriter: Sendable {
    /// The bytes that may wait: some thousands of lines.
    static let capacity = 1024 * 1024

    /// How long the end of the process waits for a reader that does not read.
    static let patience = Duration.seconds(2)

    private let queue: Mutex<LogQueue>
    private let thread = DispatchQueue(label: "authd.log")
    private let write: @Sendable ([UInt8]) -> Bool
    private let lossLine: @Sendable (_ lost: Int) -> [UInt8]

    /// - Parameters:
    ///   - capacity: The bytes that may wait.
    ///   - write: Writes bytes, for as long as that takes, and says whether it could; called on one thread.
    ///   - lossLine: The line that tells how many were lost.
    init(
        capacity: Int = LogWriter.capacity, write: @escaping @Sendable ([UInt8]) -> Bool,
        lossLine: @escaping @Sendable (_ lost: Int) -> [UInt8]
    ) {
        queue = Mutex(LogQueue(capacity: capacity))
        self.write = write
        self.lossLine = lossLine
    }

    /// How many lines were lost since the start.
    var lost: Int { queue.withLock { $0.lost } }

    /// Adds a line with its end; it is lost where the queue is full.
    func append(_ line: [UInt8]) {
        if queue.withLock({ $0.append(line) }) { thread.async { [self] in writeAll() } }
    }

    /// Waits until everything is written, for at most as long as `patience`.
    func flush(within patience: Duration) async {
        let deadline = ContinuousClock.now + patience
        while queue.withLock({ $0.isBeingWritten }), ContinuousClock.now < deadline, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    private func writeAll() {
        while let batch = queue.withLock({ $0.next() }) {
            let bytes = batch.lost > 0 ? lossLine(batch.lost) + batch.bytes : batch.bytes
            if !write(bytes) { queue.withLock { $0.lose(batch.lines) } }
        }
    }
}
