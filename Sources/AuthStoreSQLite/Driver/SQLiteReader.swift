// SPDX-License-Identifier: Apache-2.0

import AuthStore

/// One thread that reads.
struct SQLiteReader: ~Copyable {
    private let connection: SQLiteConnection
    private let core: SQLiteCore
    private let number: Int

    /// Takes over a connection on the thread it was opened on.
    init(_ connection: SQLiteConnection, _ core: SQLiteCore, number: Int) {
        self.connection = connection
        self.core = core
        self.number = number
    }

    /// Works until the queue is closed and empty, or its deadline has passed.
    func run() {
        while true {
            switch core.reads.next(for: number) {
            case .work:
                for work in core.reads.take(atMost: 1) { work.read(on: connection) }
            case .rest:
                core.reads.rest(number)
            case .stop:
                core.reads.refuseAll(.unavailable("the database is closed"))
                return
            }
        }
    }
}
