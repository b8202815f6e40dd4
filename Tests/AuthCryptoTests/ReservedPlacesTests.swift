// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AuthCrypto

/// Many known users who ask without pause, against one who comes once in a while.
@Suite("Reserved places of the hashing queue")
struct ReservedPlacesTests {
    /// Attackers with so many accounts, each of which offers a job as soon as it has none waiting.
    @Test("a user who was not served lately is admitted and served next", arguments: [1, 50, 300])
    func crowd(holders: Int) throws {
        var crowd = Crowd(holders: holders, limit: 256)
        // Long enough for each of them to have been served once.
        for _ in 0..<(3 * holders + 300) { crowd.step() }

        for round in 0..<20 {
            let owner = HashingHolder(Array("owner \(round)".utf8))
            let isAdmitted = crowd.offer("owner", by: owner)
            try #require(isAdmitted, "attempt \(round) was refused")
            var steps = 0
            while !crowd.performed.contains("owner") {
                crowd.step()
                steps += 1
                // The lanes take turns: at most one open job comes before.
                try #require(steps <= 3, "attempt \(round) was not served next")
            }
            #expect(!crowd.dropped.contains("owner"))
            crowd.performed = []
        }
    }

    @Test("a user's latest turn is remembered for thousands of turns, within a bound")
    func memory() {
        var places = ReservedPlaces(capacity: 1)
        let eve = HashingHolder([0])
        let ada = HashingHolder([1])
        func other(_ number: UInt64) -> HashingHolder {
            HashingHolder([2] + withUnsafeBytes(of: number) { Array($0) })
        }
        places.begin(eve)
        for number in 0..<ReservedPlaces.memory { places.begin(other(number)) }
        places.take(eve)
        let first = places.givesWay(to: ada)
        #expect(first == eve)

        for number in 0..<(2 * ReservedPlaces.memory) { places.begin(other(number)) }
        places.leave(eve)
        places.take(eve)
        let gives = places.givesWay(to: ada)
        let hasRoom = places.hasRoomForNewcomer
        #expect(gives == nil && !hasRoom)
    }

    /// A queue with one worker under an attack.
    private struct Crowd {
        private var queue: HashingQueue<String>
        private let holders: [HashingHolder]
        private var ticket: UInt64 = 0
        private let now = ContinuousClock.now
        var performed: Set<String> = []
        var dropped: Set<String> = []

        init(holders: Int, limit: Int) {
            queue = HashingQueue(workers: 1, limit: limit)
            self.holders = (0..<holders).map { HashingHolder(Array("attacker \($0)".utf8)) }
            offer("first", by: nil)
        }

        /// Offers a job and says whether it was admitted.
        @discardableResult
        mutating func offer(_ job: String, by holder: HashingHolder?) -> Bool {
            ticket += 1
            let offer = queue.offer(
                job, ticket: ticket, lane: holder.map { .reserved(for: $0) } ?? .open,
                deadline: now.advanced(by: .seconds(60)), at: now)
            dropped.formUnion(offer.dropped)
            switch offer.admission {
            case .start, .wait: return true
            case .refuse: return false
            }
        }

        /// Every attacker asks again, strangers fill what is left, and the worker finishes one job.
        mutating func step() {
            let first = Int(ticket % UInt64(holders.count))
            for holder in holders[first...] + holders[..<first] { offer("attack", by: holder) }
            while offer("stranger", by: nil) {}
            switch queue.finished(0, at: now).assignment {
            case .perform(let job): performed.insert(job)
            case .rest, .stop: break
            }
        }
    }
}
