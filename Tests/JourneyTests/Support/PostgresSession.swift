// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Synchronization

/// A session of psql, in which a test leaves a transaction open as long as it likes.
final class PostgresSession: Sendable {
    private let process: ChildProcess
    private let count = Atomic<Int>(0)

    init(_ process: ChildProcess) {
        self.process = process
    }

    /// Runs statements and waits for their end.
    ///
    /// - Throws: What psql says where one fails.
    func run(_ sql: String) async throws(Failure) {
        let mark = "ran \(count.add(1, ordering: .relaxed).newValue)\n"
        process.write("\(sql);\n\\echo \(mark)")
        let progress = await process.progress { String(decoding: $0.output, as: UTF8.self).contains(mark) }
        guard String(decoding: progress.output, as: UTF8.self).contains(mark) else {
            throw Failure("\(sql): \(progress.errorText)")
        }
    }

    /// Ends the session; what it has not committed is undone.
    func close() async {
        process.closeInput()
        await process.ended()
    }
}
