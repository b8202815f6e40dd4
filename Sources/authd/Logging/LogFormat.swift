// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Logging

/// How a line of the log is written; the values of `LOG_FORMAT`.
enum LogFormat: String, CaseIterable, Hashable, Sendable {
    /// For people: time, level, message, then `name=value`.
    case text
    /// For programs: one JSON object, in which numbers are numbers.
    case json

    /// One line, with its line end.
    ///
    /// Line ends and control characters inside are escaped, so that nothing that a client sent can look like another line.
    func line(
        at now: Timestamp, _ level: Logger.Level, _ message: String, logger: String,
        metadata: [(name: String, value: LogValue)]
    ) -> [UInt8] {
        switch self {
        case .text: text(at: now, level, message, metadata)
        case .json: json(at: now, level, message, logger, metadata)
        }
    }

    private func text(
        at now: Timestamp, _ level: Logger.Level, _ message: String, _ metadata: [(name: String, value: LogValue)]
    ) -> [UInt8] {
        var line = Array("\(now.rfc3339) \(level.rawValue) ".utf8)
        line += Array(Redaction.printable(message).utf8)
        for (name, logged) in metadata {
            let value = logged.text
            line += Array(" \(Redaction.printable(name))=".utf8)
            line += isBare(value) ? Array(value.utf8) : quoted(value)
        }
        line.append(UInt8(ascii: "\n"))
        return line
    }

    private func json(
        at now: Timestamp, _ level: Logger.Level, _ message: String, _ logger: String,
        _ metadata: [(name: String, value: LogValue)]
    ) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { line in
            line.member("time", now.rfc3339)
            line.member("level", level.rawValue)
            line.member("message", message)
            line.member("logger", logger)
            line.member(
                "metadata",
                object: { fields in
                    for (name, value) in metadata {
                        switch value {
                        case .text(let text): fields.member(name, text)
                        case .integer(let number): fields.member(name, number)
                        case .flag(let flag): fields.member(name, flag)
                        }
                    }
                })
        }
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    private func isBare(_ value: String) -> Bool {
        !value.isEmpty && value.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"\"=\\".utf8.contains($0) }
    }

    private func quoted(_ value: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.string(Redaction.printable(value))
        return writer.bytes
    }
}
