// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Logging
import Synchronization
import Testing

@testable import authd

@Suite("Log lines")
struct LogFormatTests {
    private func line(_ format: LogFormat, _ message: String, _ metadata: [(name: String, value: String)]) -> String {
        let bytes = format.line(
            at: Timestamp(microseconds: 0), .warning, message, logger: "authd",
            metadata: metadata.map { ($0.name, .text($0.value)) })
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("for people have time, level, message and fields, quoted where they must be")
    func text() {
        let line = line(.text, "it happened", [("plain", "a/b:1"), ("blank", "a b"), ("empty", ""), ("quote", "a\"b")])
        #expect(line.hasPrefix("1970-01-01T00:00:00"))
        #expect(line.hasSuffix(#"Z warning it happened plain=a/b:1 blank="a b" empty="" quote="a\"b""# + "\n"))
    }

    @Test("for programs are one JSON object")
    func json() {
        let line = line(.json, "it happened", [("path", "a\"b")])
        #expect(line.hasPrefix(#"{"time":"1970-01-01T00:00:00"#))
        let rest = #"Z","level":"warning","message":"it happened","logger":"authd","metadata":{"path":"a\"b"}}"#
        #expect(line.hasSuffix(rest + "\n"))
    }

    @Test("have numbers as numbers and yes or no as such in JSON, and the same words as ever for people")
    func kinds() {
        let lines = LogFormat.allCases.map { format in
            let written = Mutex<[UInt8]>([])
            let logger = Logger(label: "authd") { label in
                LineLogHandler(label: label, level: .info, format: format) { bytes in written.withLock { $0 = bytes } }
            }
            logger.info(
                "request",
                metadata: [
                    "a": .stringConvertible(UInt16(200)), "b": .stringConvertible(true), "c": "200",
                    "d": .stringConvertible(Int64.min), "e": .stringConvertible(UInt64.max),
                    "f": .stringConvertible(1.5), "g": ["x"],
                ])
            return written.withLock { String(decoding: $0, as: UTF8.self) }
        }
        let text = #" info request a=200 b=true c=200 d=-9223372036854775808 e=18446744073709551615 f=1.5 g="[\"x\"]""#
        #expect(lines.first?.hasSuffix(text + "\n") == true, "\(lines)")
        let fields = #""a":200,"b":true,"c":"200","d":-9223372036854775808,"e":"18446744073709551615","f":"1.5","#
        #expect(lines.last?.contains(#""metadata":{"# + fields) == true, "\(lines)")
    }

    @Test("hold no line end and no control character of a client's", arguments: LogFormat.allCases)
    func injection(_ format: LogFormat) {
        let line = line(format, "a\nb", [("x", "1\n1970-01-01 notice forged\u{1B}[0m"), ("y\n", "\u{2028}")])
        let controls = line.unicodeScalars.dropLast().filter { $0.properties.generalCategory == .control }
        #expect(controls.isEmpty)
        #expect(line.unicodeScalars.last == "\n")
    }
}
