// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthSystem
import Synchronization

/// Principals by the token that they presented, so that a verified request costs one look-up.
///
/// Split into shards so that event loops seldom wait for each other. The key is the whole token, so that nothing but the
/// same octets finds an entry; the dictionary's hash is seeded at random in each process.
///
/// Memory is bounded in bytes: by the capacity times ``maximumTokenBytes`` for the keys, and by what one principal takes, whose
/// user has little metadata (``AuthCore/User/hasLargeMetadata``).
final class PrincipalCache: Sendable {
    private static let shardCount = 8
    private let shards: [Shard]

    /// An object, since a `Mutex` cannot be an element of an array.
    private final class Shard: Sendable {
        let cache: Mutex<BoundedCache<Key, Principal>>
        init(capacity: Int) { cache = Mutex(BoundedCache(capacity: capacity)) }
    }

    /// A token by its octets.
    private struct Key: Hashable, Sendable {
        let token: String

        static func == (left: Key, right: Key) -> Bool {
            left.token.hasSameOctets(as: right.token)
        }

        /// Hashes the end, where the signature is: different for every token, and impossible to choose for one that is
        /// valid and may therefore be cached.
        func hash(into hasher: inout Hasher) {
            token.utf8.span.bytes.withUnsafeBytes { octets in
                hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: octets.suffix(32)))
            }
        }
    }

    /// The longest token that is cached, in octets; a longer one is verified at each request, as `TokenVerifier` does
    /// it.
    static let maximumTokenBytes = 4_096

    init(capacity: Int) {
        let each = max(capacity / Self.shardCount, 2)
        shards = (0..<Self.shardCount).map { _ in Shard(capacity: each) }
    }

    func principal(for token: String) -> Principal? {
        guard token.utf8.count <= Self.maximumTokenBytes else { return nil }
        return shard(of: token).cache.withLock { $0.value(for: Key(token: token)) }
    }

    func keep(_ principal: Principal, for token: String) {
        guard token.utf8.count <= Self.maximumTokenBytes else { return }
        shard(of: token).cache.withLock { $0.insert(principal, for: Key(token: token)) }
    }

    func remove(_ token: String) {
        guard token.utf8.count <= Self.maximumTokenBytes else { return }
        shard(of: token).cache.withLock { $0.remove(Key(token: token)) }
    }

    func removeAll() {
        for shard in shards { shard.cache.withLock { $0.removeAll() } }
    }

    var count: Int {
        shards.reduce(0) { $0 + $1.cache.withLock { $0.count } }
    }

    /// The last octets of a token belong to its signature and are as good as random.
    private func shard(of token: String) -> Shard {
        shards[Int(token.utf8.last ?? 0) % Self.shardCount]
    }
}
