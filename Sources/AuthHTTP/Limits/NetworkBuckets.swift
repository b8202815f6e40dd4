// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// The buckets of one class of requests: of sources and, while there are too many of them, of the networks around them.
///
/// A source has a bucket of its own for as long as that is not full. While three quarters of the places are taken, a
/// source without one gets a place only if its neighbourhood holds less than a 64th of the places and its region less than
/// an eighth, so that an attacker who has a network can use up places of that network alone; sources that have a place keep
/// it. Every other source is counted at the bucket that its neighbourhood shares, and where as much is true of
/// neighbourhoods, at the one of its region. When places are free again, sources get their own.
struct NetworkBuckets {
    /// How many buckets there may be.
    struct Sizes: Hashable {
        var sources = 16_384
        var neighbourhoods = 4_096
        var regions = 1_024
    }

    /// What part of the places one neighbourhood may take while they are crowded.
    static let neighbourhoodDivisor = 64
    /// What part of the places one region may take while they are crowded.
    static let regionDivisor = 8

    private var sources: BucketPlaces<LimitNetwork>
    private var neighbourhoods: BucketPlaces<LimitNetwork>
    private var regions: BucketPlaces<LimitNetwork>
    /// How many places of sources each neighbourhood and each region holds.
    private var heldBySources: [LimitNetwork: Int32] = [:]
    /// How many places of neighbourhoods each region holds.
    private var heldByNeighbourhoods: [LimitNetwork: Int32] = [:]

    init(_ sizes: Sizes) {
        sources = BucketPlaces(capacity: sizes.sources)
        neighbourhoods = BucketPlaces(capacity: sizes.neighbourhoods)
        regions = BucketPlaces(capacity: sizes.regions)
    }

    /// The number of sources that have a bucket of their own.
    var sourceCount: Int { sources.count }

    /// The outcome of counting a request.
    struct Taking {
        /// The network whose bucket counted it.
        let network: LimitNetwork
        let answer: SharedBucket.Answer
        /// Whether that bucket has unreported tokens, and had none before.
        let becameDue: Bool
        /// The network whose bucket was evicted with unreported tokens.
        let evicted: LimitNetwork?
    }

    /// Counts a request of a source.
    mutating func take(
        _ source: LimitNetwork, at now: Timestamp, sharing: SharedBucket.Sharing,
        rule: (LimitNetwork) -> TokenBucket.Rule
    ) -> Taking {
        if let position = sources.position(of: source) ?? addSource(source, at: now) {
            return Self.take(source, in: &sources, position, now, sharing, rule)
        }
        let neighbourhood = source.neighbourhood
        if let position = neighbourhoods.position(of: neighbourhood) ?? addNeighbourhood(neighbourhood, at: now) {
            return Self.take(neighbourhood, in: &neighbourhoods, position, now, sharing, rule)
        }
        let region = source.region
        if let position = regions.position(of: region) {
            return Self.take(region, in: &regions, position, now, sharing, rule)
        }
        let (position, evicted) = addRegion(region, at: now)
        guard let position else {
            // A table of regions holds at least one.
            return Taking(
                network: region, answer: .decided(.refused(retryAfter: rule(region).interval)), becameDue: false,
                evicted: nil)
        }
        return Self.take(region, in: &regions, position, now, sharing, rule, evicted)
    }

    /// The bucket of a network, where it has one.
    func bucket(of network: LimitNetwork) -> SharedBucket? {
        switch network.reach {
        case .source: sources.position(of: network).map { sources[$0] }
        case .neighbourhood: neighbourhoods.position(of: network).map { neighbourhoods[$0] }
        case .region: regions.position(of: network).map { regions[$0] }
        }
    }

    /// Changes a bucket, where the network has one.
    mutating func withBucket<Result>(
        of network: LimitNetwork, _ change: (inout SharedBucket) -> Result?
    ) -> Result? {
        switch network.reach {
        case .source: sources.position(of: network).flatMap { change(&sources[$0]) }
        case .neighbourhood: neighbourhoods.position(of: network).flatMap { change(&neighbourhoods[$0]) }
        case .region: regions.position(of: network).flatMap { change(&regions[$0]) }
        }
    }

    private static func take(
        _ network: LimitNetwork, in places: inout BucketPlaces<LimitNetwork>, _ position: Int, _ now: Timestamp,
        _ sharing: SharedBucket.Sharing, _ rule: (LimitNetwork) -> TokenBucket.Rule, _ evicted: LimitNetwork? = nil
    ) -> Taking {
        let wasDue = places[position].isUnreported
        let answer = places[position].take(at: now, under: rule(network), sharing: sharing)
        return Taking(
            network: network, answer: answer, becameDue: !wasDue && places[position].isUnreported,
            evicted: evicted)
    }

    private mutating func addSource(_ source: LimitNetwork, at now: Timestamp) -> Int? {
        for _ in 0..<BucketPlaces<LimitNetwork>.steps {
            guard let gone = sources.step(at: now) else { continue }
            Self.count(-1, gone.neighbourhood, in: &heldBySources)
            Self.count(-1, gone.region, in: &heldBySources)
        }
        let (neighbourhood, region) = (source.neighbourhood, source.region)
        if sources.isCrowded {
            guard
                Self.isWithin(heldBySources[neighbourhood], Self.neighbourhoodDivisor, of: sources.capacity),
                Self.isWithin(heldBySources[region], Self.regionDivisor, of: sources.capacity)
            else { return nil }
        }
        guard let position = sources.add(source) else { return nil }
        Self.count(1, neighbourhood, in: &heldBySources)
        Self.count(1, region, in: &heldBySources)
        return position
    }

    private mutating func addNeighbourhood(_ neighbourhood: LimitNetwork, at now: Timestamp) -> Int? {
        for _ in 0..<BucketPlaces<LimitNetwork>.steps {
            guard let gone = neighbourhoods.step(at: now) else { continue }
            Self.count(-1, gone.region, in: &heldByNeighbourhoods)
        }
        let region = neighbourhood.region
        if neighbourhoods.isCrowded {
            guard Self.isWithin(heldByNeighbourhoods[region], Self.regionDivisor, of: neighbourhoods.capacity)
            else { return nil }
        }
        guard let position = neighbourhoods.add(neighbourhood) else { return nil }
        Self.count(1, region, in: &heldByNeighbourhoods)
        return position
    }

    /// Makes room for a region in any case.
    ///
    /// One token of a region is regained so fast that its bucket is full again within milliseconds. Where more regions than
    /// there are places have been at their limit within that time, one of them starts anew: no request is rejected for
    /// others.
    private mutating func addRegion(
        _ region: LimitNetwork, at now: Timestamp
    ) -> (position: Int?, evicted: LimitNetwork?) {
        for _ in 0..<BucketPlaces<LimitNetwork>.steps { _ = regions.step(at: now) }
        let evicted = regions.isFull ? regions.evict() : nil
        return (regions.add(region), evicted)
    }

    /// Whether a network holds less than its share of the places; the share is at least one place.
    private static func isWithin(_ held: Int32?, _ divisor: Int, of capacity: Int) -> Bool {
        Int(held ?? 0) < max(capacity / divisor, 1)
    }

    private static func count(_ change: Int32, _ network: LimitNetwork, in held: inout [LimitNetwork: Int32]) {
        let sum = (held[network] ?? 0) &+ change
        held[network] = sum > 0 ? sum : nil
    }

    /// The memory of tables that are full, in bytes.
    static func byteBound(_ sizes: Sizes) -> Int {
        let places = [sizes.sources, sizes.neighbourhoods, sizes.regions].reduce(0) {
            $0 + BucketPlaces<LimitNetwork>.byteBound(capacity: $1)
        }
        // Each place of a source counts at two networks, each of a neighbourhood at one.
        let entries = (sizes.sources * 2 * 4 / 3).nextPowerOfTwo + (sizes.neighbourhoods * 4 / 3).nextPowerOfTwo
        return places + entries * (MemoryLayout<LimitNetwork>.stride + MemoryLayout<Int32>.stride) + entries / 8
    }
}
