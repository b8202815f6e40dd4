// SPDX-License-Identifier: Apache-2.0

/// The answer to a reader that continues from its place in the change feed.
public enum FeedContinuation: Hashable, Sendable {
    /// The feed still has the entry at the place: these follow it, in order.
    case continued([StoreChange])
    /// The entry at the place is gone or another one: the database was restored, a fail-over lost commits, or the reader
    /// stayed away for longer than entries are kept.
    ///
    /// Nothing that follows can be trusted to be complete; the reader begins anew with a snapshot.
    case historyChanged
}

extension FeedContinuation {
    /// Compares the feed from a place on, as one read returned it, with the place.
    ///
    /// - Parameters:
    ///   - found: The entries at `place.cursor` and behind it, in order, without a gap at the front: at least `limit + 1`
    ///     of them, or all.
    ///   - place: Where the reader stands.
    ///   - limit: How many entries the reader wants at most.
    public init(of found: [StoreChange], from place: FeedPlace, limit: Int) {
        let wanted = max(0, limit)
        if place == .start {
            // Cursors are counted from 1: a feed that begins later has had entries that the reader never saw.
            guard found.first.map({ $0.cursor == 1 }) ?? true else {
                self = .historyChanged
                return
            }
            self = .continued(Array(found.prefix(wanted)))
        } else {
            guard found.first?.place == place else {
                self = .historyChanged
                return
            }
            self = .continued(Array(found.dropFirst().prefix(wanted)))
        }
    }
}
