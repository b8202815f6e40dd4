// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import Glibc
import Logging

/// Makes one line of each event of the log.
struct LineLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let format: LogFormat
    private let clock: any WallClock
    private let write: @Sendable ([UInt8]) -> Void

    init(
        label: String, level: Logger.Level, format: LogFormat, clock: any WallClock = SystemClock(),
        write: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.label = label
        self.format = format
        self.clock = clock
        self.write = write
        logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = metadata
        if let provided = metadataProvider?.get() { fields.merge(provided) { _, later in later } }
        if let given = event.metadata { fields.merge(given) { _, later in later } }
        write(
            format.line(
                at: clock.now, event.level, event.message.description, logger: label,
                metadata: fields.sorted { $0.key < $1.key }.map { ($0.key, LogValue($0.value)) }))
    }
}

/// The process's standard output and error, written without buffers.
enum StandardStream: CInt, Sendable {
    case output = 1
    case error = 2

    /// Writes all bytes; gives up where the reader is gone, and with `patience` where it does not read for so long.
    ///
    /// Blocks the thread meanwhile: no event loop and no task may do this, but for a command that does nothing else.
    /// - Returns: Whether everything was written.
    @discardableResult
    func write(_ bytes: [UInt8], patience: Duration? = nil) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                // What is said to be writable takes a page at least without blocking.
                let size = patience == nil ? rest.count : min(rest.count, Int(PIPE_BUF))
                guard patience.map({ isWritable(within: $0) }) ?? true else { return false }
                let count = Glibc.write(rawValue, UnsafeRawBufferPointer(rebasing: rest).baseAddress, size)
                if count > 0 {
                    rest = rest.dropFirst(count)
                } else if errno == EAGAIN {
                    // Another process that shares the stream made it so.
                    guard isWritable(within: patience ?? .seconds(3_600)) else { return false }
                } else if errno != EINTR {
                    return false
                }
            }
            return true
        }
    }

    /// Writes a line.
    func line(_ text: String = "", patience: Duration? = nil) {
        write(Array(text.utf8) + [UInt8(ascii: "\n")], patience: patience)
    }

    private func isWritable(within patience: Duration) -> Bool {
        var descriptor = pollfd(fd: rawValue, events: Int16(POLLOUT), revents: 0)
        return poll(&descriptor, 1, CInt(clamping: patience.components.seconds * 1_000)) != 0
    }
}
