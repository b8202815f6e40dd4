// SPDX-License-Identifier: Apache-2.0

internal import AuthHTTPServer
internal import Metrics
internal import Synchronization

/// The counters and the histogram of one route.
///
/// Its labels are the route's template and method, never anything a client sends.
final class RouteMetrics: Sendable {
    // A class because the counters must have one place in memory.

    /// The upper bounds of the histogram, in nanoseconds.
    static let bounds: [(nanoseconds: UInt64, label: StaticString)] = [
        (50_000, "0.00005"), (100_000, "0.0001"), (250_000, "0.00025"), (500_000, "0.0005"), (1_000_000, "0.001"),
        (2_500_000, "0.0025"), (5_000_000, "0.005"), (10_000_000, "0.01"), (25_000_000, "0.025"),
        (50_000_000, "0.05"), (100_000_000, "0.1"), (250_000_000, "0.25"), (1_000_000_000, "1"),
    ]

    struct Counts {
        /// Replies by the first digit of their status, 1 to 5.
        var byStatusClass: [UInt64] = Array(repeating: 0, count: 6)
        /// Replies by duration; the last bucket is for those beyond every bound.
        var byDuration: [UInt64] = Array(repeating: 0, count: RouteMetrics.bounds.count + 1)
        var nanoseconds: UInt64 = 0

        mutating func record(_ status: Status, nanoseconds: UInt64) {
            byStatusClass[Int(status.rawValue / 100)] &+= 1
            let bucket = RouteMetrics.bounds.firstIndex { nanoseconds <= $0.nanoseconds } ?? RouteMetrics.bounds.count
            byDuration[bucket] &+= 1
            self.nanoseconds &+= nanoseconds
        }
    }

    let method: String
    let route: String
    private let counts = Mutex(Counts())
    private let timer: Metrics.Timer

    init(method: String, route: String) {
        self.method = method
        self.route = route
        self.timer = Metrics.Timer(
            label: "http_request_duration", dimensions: [("method", method), ("route", route)])
    }

    func record(_ status: Status, nanoseconds: UInt64) {
        counts.withLock { $0.record(status, nanoseconds: nanoseconds) }
        timer.recordNanoseconds(Int64(clamping: nanoseconds))
    }

    var snapshot: Counts { counts.withLock { $0 } }
}
