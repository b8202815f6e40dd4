// SPDX-License-Identifier: Apache-2.0

import AuthSystem
import Testing

@Suite("Bounded cache")
struct BoundedCacheTests {
    @Test("never holds more than its capacity, and keeps what is asked for")
    func bound() {
        var cache = BoundedCache<Int, Int>(capacity: 100)
        cache.insert(-1, for: -1)
        for number in 0..<1_000 {
            cache.insert(number, for: number)
            #expect(cache.count <= 100)
            #expect(cache.value(for: -1) == -1)
        }
        #expect(cache.value(for: 0) == nil && cache.value(for: 999) == 999)
    }

    @Test("what is removed is gone from both generations")
    func removal() {
        var cache = BoundedCache<Int, Int>(capacity: 4)
        for number in 0..<4 { cache.insert(number, for: number) }
        for number in 0..<4 { cache.remove(number) }
        #expect(cache.count == 0)
        cache.insert(1, for: 1)
        cache.removeAll()
        #expect(cache.value(for: 1) == nil)
    }
}
