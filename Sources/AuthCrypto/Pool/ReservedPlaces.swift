// SPDX-License-Identifier: Apache-2.0

/// Who may take one of the reserved places of a ``HashingQueue``, and in which order they are served: one waiting job for
/// each holder, and always the holder who was served longest ago first.
///
/// A holder with many requests has one place like any other. Many holders together can fill the places, but each is
/// remembered once served, and gives way to a holder who was not served since: who comes rarely precedes those who come
/// all the time.
struct ReservedPlaces {
    /// How many holders' turns are remembered at least.
    static let memory: UInt64 = 2_048

    private struct Place {
        let holder: HashingHolder
        /// The number of the holder's latest turn when the place was taken; 0 for none.
        let turn: UInt64
    }

    private let capacity: Int
    /// The places taken, those of the holders who were served longest ago first.
    private var taken: [Place] = []
    /// The turn of each place taken.
    private var turnsOfWaiting: [HashingHolder: UInt64] = [:]
    /// The number of each holder's latest turn; higher is later.
    private var turns: [HashingHolder: UInt64] = [:]
    private var lastTurn: UInt64 = 0

    /// Makes `capacity` places, all free.
    init(capacity: Int) {
        self.capacity = capacity
    }

    /// Whether every place is taken.
    var isFull: Bool { taken.count >= capacity }

    /// Whether a holder that was never served would get a place now.
    var hasRoomForNewcomer: Bool { !isFull || taken.last.map { $0.turn > 0 } == true }

    /// The waiting holder who was served longest ago, and whose turn is next; `nil` where no place is taken.
    var next: HashingHolder? { taken.first?.holder }

    /// Whether the holder waits in a place already.
    func isWaiting(_ holder: HashingHolder) -> Bool { turnsOfWaiting[holder] != nil }

    /// Takes a place for a holder that waits in none.
    mutating func take(_ holder: HashingHolder) {
        let turn = turns[holder, default: 0]
        turnsOfWaiting[holder] = turn
        taken.insert(Place(holder: holder, turn: turn), at: firstIndex(after: turn))
    }

    /// Gives the holder's place back.
    mutating func leave(_ holder: HashingHolder) {
        guard let turn = turnsOfWaiting.removeValue(forKey: holder) else { return }
        let end = firstIndex(after: turn)
        if let index = taken[..<end].lastIndex(where: { $0.holder == holder }) { taken.remove(at: index) }
    }

    /// Gives back the places of all but these holders.
    mutating func keep(_ holders: [HashingHolder]) {
        let kept = Set(holders)
        turnsOfWaiting = turnsOfWaiting.filter { kept.contains($0.key) }
        taken.removeAll { !kept.contains($0.holder) }
    }

    /// Notes that a job of the holder begins.
    mutating func begin(_ holder: HashingHolder) {
        lastTurn += 1
        turns[holder] = lastTurn
        // Half is dropped at once, which makes each turn cheap on average.
        guard UInt64(turns.count) > 2 * Self.memory else { return }
        let oldest = lastTurn - Self.memory
        turns = turns.filter { $0.value > oldest }
    }

    /// The waiting holder who gives way to another one: the one served last, if the newcomer was served before that or
    /// never.
    func givesWay(to newcomer: HashingHolder) -> HashingHolder? {
        guard let latest = taken.last, turns[newcomer, default: 0] < latest.turn else { return nil }
        return latest.holder
    }

    /// Where a place of this turn belongs: behind those of the same and earlier turns.
    private func firstIndex(after turn: UInt64) -> Int {
        var low = 0
        var high = taken.count
        while low < high {
            let middle = low + (high - low) / 2
            if taken[middle].turn <= turn { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
