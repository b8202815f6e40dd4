// SPDX-License-Identifier: Apache-2.0

import AuthSystem
import AuthTestSupport
import Testing

@Suite("Bounded queue")
struct BoundedQueueTests {
    @Test("refuses more than its capacity, and takes again once something has left", arguments: [0, 1, 3])
    func capacity(_ capacity: Int) {
        var queue = BoundedQueue<Int>(capacity: capacity)
        for number in 0..<capacity { #expect(queue.append(number) == true) }

        #expect(queue.isFull)
        #expect(queue.append(-1) == false)
        #expect(queue.popFirst() == (capacity > 0 ? 0 : nil))
        #expect(queue.append(9) == (capacity > 0))
        #expect(queue.elements == Array(0..<capacity).dropFirst() + (capacity > 0 ? [9] : []))
    }

    @Test("gives out in the order of arrival, one or several at a time")
    func order() {
        var queue = BoundedQueue<Int>(capacity: 10)
        for number in 0..<10 { _ = queue.append(number) }

        #expect(queue.popFirst() == 0)
        #expect(queue.popFirst(atMost: 3) == [1, 2, 3])
        #expect(queue.popFirst(atMost: 0) == [])
        #expect(queue.popFirst(atMost: .max) == Array(4..<10))
        #expect(queue.popFirst() == nil)
        #expect(queue.isEmpty)
    }

    @Test("removes the first or all of what is asked for, and nothing that has left")
    func removal() {
        var queue = BoundedQueue<Int>(capacity: 10)
        for number in 0..<10 { _ = queue.append(number) }
        _ = queue.popFirst(atMost: 2)

        #expect(queue.removeFirst { $0 == 1 } == nil)
        #expect(queue.removeFirst { $0 > 4 } == 5)
        #expect(queue.removeAll { $0.isMultiple(of: 2) } == [2, 4, 6, 8])
        #expect(queue.removeAll { $0 == 0 } == [])
        #expect(queue.elements == [3, 7, 9])
        #expect(queue.count == 3)
    }

    @Test("releases an element as soon as it has left")
    func release() {
        final class Work {}
        var queue = BoundedQueue<Work>(capacity: 100)
        for _ in 0..<100 { _ = queue.append(Work()) }

        weak var first = queue.elements.first
        weak var last = queue.elements.last
        #expect(first != nil && last != nil)
        _ = queue.popFirst()
        _ = queue.removeFirst { $0 === last }

        #expect(first == nil && last == nil)
        #expect(queue.count == 98)
    }

    @Test("does what an array does through many rounds", arguments: [2, 50, 1_000])
    func rounds(_ capacity: Int) {
        var queue = BoundedQueue<UInt64>(capacity: capacity)
        var model: [UInt64] = []
        var generator = SeededGenerator(seed: 7)
        for number in UInt64(0)..<5_000 {
            switch generator.next() % 5 {
            case 0, 1:
                #expect(queue.append(number) == (model.count < capacity))
                if model.count < capacity { model.append(number) }
            case 2:
                #expect(queue.popFirst() == model.first)
                model = Array(model.dropFirst())
            case 3:
                let limit = Int(generator.next() % 5)
                #expect(queue.popFirst(atMost: limit) == Array(model.prefix(limit)))
                model = Array(model.dropFirst(limit))
            default:
                let victim = generator.next() % (number + 1)
                #expect(queue.removeFirst { $0 == victim } == model.first { $0 == victim })
                model.removeAll { $0 == victim }
            }
            #expect(queue.elements == model)
            #expect(queue.count == model.count)
        }
    }
}
