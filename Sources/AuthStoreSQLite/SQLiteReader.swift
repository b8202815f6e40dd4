// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQL

/// One thread that reads; the first of them also looks for writes of other connections.
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
        var watch = ChangeWatch(startingAt: .now)
        while true {
            let isWatching = number == 0 && core.signals.isHeard
            if isWatching, watch.isDue(at: .now), watch.hasChanged(to: version(), at: .now) { core.signals.signal() }
            switch core.reads.next(for: number) {
            case .work:
                for work in core.reads.take(atMost: 1) { work.read(on: connection) }
            case .rest:
                core.reads.rest(number, atMost: isWatching ? watch.remaining(at: .now) : nil)
            case .stop:
                core.reads.refuseAll(.unavailable("the database is closed"))
                return
            }
        }
    }

    /// A number that differs after any other connection has committed; `nil` where it cannot be read just now.
    private func version() -> Int64? {
        guard let row = try? connection.run(Self.dataVersion).first else { return nil }
        return try? row.int64(0)
    }

    private static let dataVersion = SQL("PRAGMA data_version")
}

/// When the file is looked at for writes of others, and what was seen last.
struct ChangeWatch {
    private static let interval = Duration.milliseconds(250)

    private var version: Int64?
    private var due: ContinuousClock.Instant

    /// Starts without knowing the file, so that the first look counts as a difference: a commit that came between the
    /// opening of the driver and that look must not be missed.
    init(startingAt now: ContinuousClock.Instant) {
        due = now
    }

    /// Whether it is time to look.
    func isDue(at now: ContinuousClock.Instant) -> Bool { now >= due }

    /// How long until then.
    func remaining(at now: ContinuousClock.Instant) -> Duration { max(.zero, now.duration(to: due)) }

    /// Takes in what the file says, `nil` where it could not be asked, and sets the next time.
    mutating func hasChanged(to seen: Int64?, at now: ContinuousClock.Instant) -> Bool {
        due = now.advanced(by: Self.interval)
        guard let seen, seen != version else { return false }
        version = seen
        return true
    }
}
