// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// Buckets in a bounded number of places, each with its key.
///
/// No operation takes time that grows with the number of places: each request that needs a place examines the next few
/// places in a circle, and empties those whose buckets may be forgotten.
struct BucketPlaces<Key: Hashable> {
    private struct Place {
        let key: Key
        var bucket: SharedBucket
    }

    /// How many places are examined for each request without a place of its own.
    static var steps: Int { 8 }

    let capacity: Int
    private var places: [Place] = []
    private var positions: [Key: Int32] = [:]
    private var hand = 0

    /// Makes room for at most `capacity` buckets, and at least one.
    init(capacity: Int) {
        self.capacity = min(max(capacity, 1), 1 << 24)
    }

    /// The number of places that are taken.
    var count: Int { places.count }

    /// Whether every place is taken.
    var isFull: Bool { places.count >= capacity }

    /// Whether places are given out by shares: three quarters are taken.
    var isCrowded: Bool { places.count >= capacity - capacity / 4 }

    /// Where the bucket of a key is; good until the next change of places.
    func position(of key: Key) -> Int? {
        positions[key].map(Int.init)
    }

    /// The bucket at a position that ``position(of:)`` gave.
    subscript(position: Int) -> SharedBucket {
        get { places[position].bucket }
        _modify { yield &places[position].bucket }
    }

    /// Gives a key that has none a place with a full bucket, and says where; `nil` where there is no room.
    mutating func add(_ key: Key) -> Int? {
        guard !isFull else { return nil }
        positions[key] = Int32(places.count)
        places.append(Place(key: key, bucket: SharedBucket()))
        return places.count - 1
    }

    /// Advances by one place and empties it if its bucket may be forgotten.
    ///
    /// - Returns: The key of the emptied place.
    mutating func step(at now: Timestamp) -> Key? {
        guard !places.isEmpty else { return nil }
        if hand >= places.count { hand = 0 }
        guard places[hand].bucket.isForgettable(at: now) else {
            hand += 1
            return nil
        }
        return remove(at: hand)
    }

    /// Empties the current place, whatever its bucket has.
    ///
    /// - Returns: The key of the place.
    mutating func evict() -> Key? {
        guard !places.isEmpty else { return nil }
        if hand >= places.count { hand = 0 }
        return remove(at: hand)
    }

    /// The last place moves to where one is emptied.
    private mutating func remove(at position: Int) -> Key {
        let key = places[position].key
        positions[key] = nil
        let last = places.removeLast()
        if position < places.count {
            places[position] = last
            positions[last.key] = Int32(position)
        }
        return key
    }

    /// The memory of a table whose places are all taken, in bytes: the places, and an index that is at least half full.
    static func byteBound(capacity: Int) -> Int {
        let entries = (capacity * 4 / 3 + 1).nextPowerOfTwo
        // An array that grows doubles.
        return capacity.nextPowerOfTwo * MemoryLayout<Place>.stride
            + entries * (MemoryLayout<Key>.stride + MemoryLayout<Int32>.stride) + entries / 8
    }
}

extension Int {
    /// The least power of two that is not less.
    var nextPowerOfTwo: Int {
        self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount)
    }
}
