// SPDX-License-Identifier: Apache-2.0

import AuthService
import AuthStore
import AuthStoreSQLite
import Logging
import Synchronization
import Testing

@testable import authd

@Suite("Log lines about a fault that lasts")
struct RepeatedLinesTests {
    private static let start = ContinuousClock.now

    private func at(_ seconds: Int) -> ContinuousClock.Instant { Self.start.advanced(by: .seconds(seconds)) }

    @Test("one a minute is written for each fault, with how many were left out")
    func interval() {
        var lines = RepeatedLines()
        let asked: [(fault: String, second: Int, omitted: Int?)] = [
            ("full", 0, 0), ("full", 1, nil), ("gone", 2, 0), ("full", 59, nil), ("full", 60, 2), ("full", 119, nil),
            ("full", 121, 1), ("gone", 200, 0), ("full", 300, 0),
        ]
        for (fault, second, omitted) in asked {
            let found = lines.omitted(before: fault, at: at(second))
            #expect(found == omitted, "\(fault) at \(second)")
        }
    }

    @Test("faults without number share one line")
    func bound() {
        var lines = RepeatedLines()
        var written = 0
        for number in 0..<1_000 where lines.omitted(before: "fault \(number)", at: at(0)) != nil { written += 1 }

        #expect(written == RepeatedLines.limit + 1)
        let next = lines.omitted(before: "fault 2000", at: at(60))
        #expect(next == 0)
    }

    /// What was logged.
    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])

        var all: [String] { lines.withLock { $0 } }

        var logger: Logger {
            Logger(label: "test") { [self] label in
                LineLogHandler(label: label, level: .info, format: .text) { octets in
                    self.lines.withLock { $0.append(String(decoding: octets, as: UTF8.self)) }
                }
            }
        }
    }

    @Test("a thousand requests on a full disk are one line, and one more a minute later with the number")
    func fullDisk() {
        let lines = Lines()
        let second = Mutex(0)
        let start = Self.start
        let events = ServiceEventLog(lines.logger) { start.advanced(by: .seconds(second.withLock { $0 })) }
        let full = ServiceEvent.storeFailed(.unavailable("sqlite3 13: database or disk is full"))
        for _ in 0..<1_000 { events.record(full) }
        second.withLock { $0 = 60 }
        events.record(full)

        #expect(lines.all.count == 2)
        #expect(lines.all.last?.contains("repeated=999") == true, "\(lines.all)")
    }

    @Test("a lost or damaged database file is critical, and named with the remedy")
    func database() {
        let lines = Lines()
        let events = ServiceEventLog(lines.logger)
        events.record(SQLiteEvent.fileLost(SQLiteFileLoss(path: "/data/a.db", isReplaced: false)))
        events.record(SQLiteEvent.damaged(path: "/data/a.db", "sqlite3 11: database disk image is malformed"))

        #expect(lines.all.count == 2)
        #expect(lines.all.allSatisfy { $0.contains("critical") && $0.contains("/data/a.db") }, "\(lines.all)")
        #expect(lines.all.last?.contains("malformed") == true && lines.all.last?.contains("quick_check") == true)
    }

    private static let messageLevels: [(Int32, String?)] = [
        (28, "warning"), (11, "error"), (13, "error"), (27, "info"), (5, nil), (2067, nil), (17, nil),
    ]

    @Test(
        "sqlite3's own messages are logged, except those of a busy database",
        arguments: messageLevels)
    func messages(code: Int32, level: String?) {
        let lines = Lines()
        let message = SQLiteLog.Message(code: code, text: "file unlinked while open: /data/a.db")
        ServiceEventLog(lines.logger).record(message)

        #expect(lines.all.count == (level == nil ? 0 : 1))
        if let level { #expect(lines.all.first?.contains(level) == true, "\(lines.all)") }
    }
}
