// SPDX-License-Identifier: Apache-2.0

/// The subscribers to the change feed, and when the listening connection is to be opened.
///
/// May wake its subscribers spuriously; never misses a change: it always wakes them after a reconnect, because notifications
/// sent meanwhile are lost.
struct FeedListener {
    typealias Instant = ContinuousClock.Instant

    private enum State {
        case closed(openAt: Instant?)
        case opening
        case listening
        case over
    }

    static let shortestPause: Duration = .milliseconds(100)
    static let longestPause: Duration = .seconds(3)

    private var state = State.closed(openAt: nil)
    private var pause = FeedListener.shortestPause
    private var subscribers: [UInt64: AsyncStream<Void>.Continuation] = [:]

    /// When to open the connection; `nil` if it is open or has no subscriber.
    var openingTime: Instant? {
        guard !subscribers.isEmpty, case .closed(let time) = state else { return nil }
        return time
    }

    mutating func subscribe(_ subscriber: UInt64, _ continuation: AsyncStream<Void>.Continuation, at now: Instant) {
        subscribers[subscriber] = continuation
        switch state {
        case .closed(nil): state = .closed(openAt: now)
        case .listening: continuation.yield()
        case .closed, .opening, .over: break
        }
    }

    mutating func unsubscribe(_ subscriber: UInt64) {
        subscribers[subscriber] = nil
    }

    mutating func opening() {
        state = .opening
    }

    /// The connection listens now.
    mutating func listening() {
        state = .listening
        pause = Self.shortestPause
        signal()
    }

    /// The connection was lost or could not be made.
    mutating func lost(at now: Instant) {
        if case .over = state { return }
        state = .closed(openAt: now + pause)
        pause = min(pause * 2, Self.longestPause)
    }

    /// The feed may have grown.
    func signal() {
        for subscriber in subscribers.values { subscriber.yield() }
    }

    /// An operation of this driver may have appended to the feed; without a listening connection, no notification comes.
    func ownCommit() {
        switch state {
        case .listening: return
        case .closed, .opening, .over: signal()
        }
    }

    mutating func close() {
        state = .over
        for subscriber in subscribers.values { subscriber.finish() }
        subscribers = [:]
    }
}
