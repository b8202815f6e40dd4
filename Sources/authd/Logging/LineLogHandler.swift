// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import Glibc
import Logging

/// Writes the log to standard error, one line and one `write` per event.
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
        write: @escaping @Sendable ([UInt8]) -> Void = { StandardStream.error.write($0) }
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
                metadata: fields.sorted { $0.key < $1.key }.map { ($0.key, $0.value.description) }))
    }
}

/// The process's standard output and error, written without buffers.
enum StandardStream: CInt, Sendable {
    case output = 1
    case error = 2

    /// Writes all bytes; gives up where the reader is gone.
    func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let count = Glibc.write(rawValue, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count > 0 {
                    rest = rest.dropFirst(count)
                } else if errno != EINTR {
                    return
                }
            }
        }
    }

    /// Writes a line.
    func line(_ text: String = "") {
        write(Array(text.utf8) + [UInt8(ascii: "\n")])
    }
}
