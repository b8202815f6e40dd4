// SPDX-License-Identifier: Apache-2.0

package import Logging
internal import Synchronization

/// Everything that is logged, a line for each event: its message, then its fields by name.
package final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    /// None yet.
    package init() {}

    /// The lines so far.
    package var all: [String] { lines.withLock { $0 } }

    /// A handler that writes here.
    package var handler: any LogHandler { RecordingLogHandler(lines: self) }

    fileprivate func add(_ line: String) { lines.withLock { $0.append(line) } }
}

private struct RecordingLogHandler: LogHandler {
    let lines: LogLines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = (event.metadata ?? [:]).map { "\($0.key)=\($0.value)" }.sorted()
        lines.add(([event.message.description] + fields).joined(separator: " "))
    }
}
