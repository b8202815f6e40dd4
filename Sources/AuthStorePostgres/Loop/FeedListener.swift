// SPDX-License-Identifier: Apache-2.0

import AuthSystem

/// Wakes the subscribers to the change feed, and decides when the connection that listens is to be opened.
///
/// May wake them spuriously; never misses a change: it always wakes them after a reconnect, because notifications sent
/// meanwhile are lost.
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
    private let subscribers: Broadcast

    /// Opens no connection before there is a subscriber.
    init(subscribers: Broadcast) {
        self.subscribers = subscribers
    }

    /// When to open the connection; `nil` if it is open or has no subscriber.
    var openingTime: Instant? {
        guard subscribers.hasSubscribers, case .closed(let time) = state else { return nil }
        return time
    }

    /// There is a new subscriber, who may have missed a notification.
    mutating func subscribed(at now: Instant) {
        switch state {
        case .closed(nil): state = .closed(openAt: now)
        case .listening: signal()
        case .closed, .opening, .over: break
        }
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
        subscribers.signal()
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
        subscribers.finish()
    }
}
