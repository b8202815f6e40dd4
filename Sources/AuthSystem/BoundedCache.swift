// SPDX-License-Identifier: Apache-2.0

/// A dictionary of bounded size in two generations: when the younger one is full the older one is dropped.
///
/// Cheaper than a least-recently-used list, and an entry that is asked for at least once per generation stays.
///
/// Everything is inlinable, so that other modules get it for their own types: verifying a token looks one up.
public struct BoundedCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    @usableFromInline let capacity: Int
    @usableFromInline var young: [Key: Value] = [:]
    @usableFromInline var old: [Key: Value] = [:]

    /// Makes a cache of at most `capacity` entries, and at least two.
    @inlinable @inline(__always)
    public init(capacity: Int) {
        self.capacity = max(capacity, 2)
    }

    /// The value under a key; one of the older generation moves to the younger.
    @inlinable @inline(__always)
    public mutating func value(for key: Key) -> Value? {
        if let value = young[key] { return value }
        guard let value = old.removeValue(forKey: key) else { return nil }
        insert(value, for: key)
        return value
    }

    /// Puts a value under a key.
    @inlinable @inline(__always)
    public mutating func insert(_ value: Value, for key: Key) {
        if young.count >= capacity / 2 {
            old = young
            young = [:]
            young.reserveCapacity(old.count)
        }
        young[key] = value
        old.removeValue(forKey: key)
    }

    /// Removes the value under a key.
    @inlinable @inline(__always)
    public mutating func remove(_ key: Key) {
        young.removeValue(forKey: key)
        old.removeValue(forKey: key)
    }

    /// Removes everything.
    @inlinable @inline(__always)
    public mutating func removeAll() {
        young = [:]
        old = [:]
    }

    /// How many entries are held.
    @inlinable @inline(__always)
    public var count: Int { young.count + old.count }
}
