// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// For how long a line delivers nothing, because the next hop served none of its deliveries.
struct OutboxPause: Hashable, Sendable {
    /// The first pause; each one that follows without a delivery between them is twice as long.
    static let shortest = Duration.seconds(2)
    /// No pause is longer, so that mail goes out soon after the mail server is back.
    static let longest = Duration.seconds(30)

    private let until: Timestamp
    private let length: Duration

    /// The pause that begins at an instant, after an earlier one that did not help.
    init(after earlier: OutboxPause?, at now: Timestamp) {
        length = earlier.map { min($0.length * 2, Self.longest) } ?? Self.shortest
        until = now + length
    }

    /// Whether it is over; also where the clock was set back since it began.
    func isOver(at now: Timestamp) -> Bool {
        until <= now || until - now > length
    }
}
