// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import NIOCore

/// What an event loop does with each of its connections once a second and at shutdown.
protocol SweptConnection: AnyObject {
    /// Since when it has waited for the first byte of a request; `nil` while it does anything else.
    var waitingSince: NIODeadline? { get }
    /// Acts on a deadline that has passed.
    func sweep(at now: NIODeadline)
    /// Closes after the request in flight, or at once if there is none.
    func drain()
    /// Closes if it waits for the first byte of a request.
    func giveWay()
    /// Closes without regard for anything in flight.
    func abort()
}

/// The connections of one event loop, with what they share.
///
/// A class confined to its event loop. One sweep a second over all connections takes the place of one timer per
/// connection: re-arming a timer for each request would cost more than the rest of the bookkeeping together.
final class ConnectionSet {
    let eventLoop: any EventLoop
    private(set) var isDraining = false
    private var connections: [ObjectIdentifier: any SweptConnection] = [:]
    private var tasksInFlight = 0
    private var emptied: EventLoopPromise<Void>?
    private var dateHeader = DateHeader()
    private let onFailure: (any Error) -> Void

    var count: Int { connections.count }

    /// `onFailure` is called with each connection's error that kept it from ever being served.
    init(eventLoop: any EventLoop, onFailure: @escaping (any Error) -> Void = { _ in }) {
        self.eventLoop = eventLoop
        self.onFailure = onFailure
    }

    /// The `Date` line of this second.
    func dateLine() -> [UInt8] {
        var now = timespec()
        // The coarse clock is a memory read, and a second is coarser still.
        clock_gettime(CLOCK_REALTIME_COARSE, &now)
        dateHeader.update(toSecond: Int64(now.tv_sec))
        return dateHeader.line
    }

    func insert(_ connection: some SweptConnection) {
        connections[ObjectIdentifier(connection)] = connection
    }

    func remove(_ connection: some SweptConnection) {
        connections[ObjectIdentifier(connection)] = nil
        finishIfEmptied()
    }

    /// Reports a connection that ended before it was active; at shutdown that is no fault.
    func neverActive() {
        if !isDraining { onFailure(ChannelError.inappropriateOperationForState) }
    }

    func taskStarted() {
        tasksInFlight += 1
    }

    func taskFinished() {
        tasksInFlight -= 1
        finishIfEmptied()
    }

    func sweep(at now: NIODeadline) {
        for connection in connections.values { connection.sweep(at: now) }
    }

    /// Closes the connections that have waited longest for a request, at most `count` of them and none that has waited
    /// less than a second: it may be about to ask.
    ///
    /// Costs time in proportion to all connections of the loop.
    /// - Returns: How many.
    func makeRoom(_ count: Int, at now: NIODeadline) -> Int {
        guard count > 0 else { return 0 }
        let waiting = connections.values
            .compactMap { connection in connection.waitingSince.map { (since: $0, connection: connection) } }
            .filter { now - $0.since >= .seconds(1) }
            .sorted { $0.since < $1.since }
            .prefix(count)
        for one in waiting { one.connection.giveWay() }
        return waiting.count
    }

    /// Lets every connection close when it has nothing more to answer.
    ///
    /// To be called once.
    ///
    /// - Returns: Completes when neither a connection nor a task is left.
    func drain() -> EventLoopFuture<Void> {
        let promise = eventLoop.makePromise(of: Void.self)
        emptied = promise
        isDraining = true
        for connection in connections.values { connection.drain() }
        finishIfEmptied()
        return promise.futureResult
    }

    func abort() {
        for connection in connections.values { connection.abort() }
    }

    private func finishIfEmptied() {
        guard connections.isEmpty, tasksInFlight == 0, let emptied else { return }
        self.emptied = nil
        emptied.succeed()
    }
}
