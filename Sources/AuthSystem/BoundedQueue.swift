// SPDX-License-Identifier: Apache-2.0

/// A first-in, first-out queue of bounded length: a full one takes nothing until something leaves.
///
/// An element that has left is released at once, wherever in the queue it was. Leaving at the front is cheap on average,
/// leaving elsewhere takes time in proportion to the length.
package struct BoundedQueue<Element> {
    @usableFromInline let capacity: Int
    /// Before ``head``, what has left; from there on, what waits.
    @usableFromInline var places: [Element?] = []
    @usableFromInline var head = 0

    /// Makes an empty queue of at most `capacity` elements.
    @inlinable
    package init(capacity: Int) {
        self.capacity = capacity
    }

    /// How many elements wait.
    @inlinable
    package var count: Int { places.count - head }

    /// Whether no element waits.
    @inlinable
    package var isEmpty: Bool { count == 0 }

    /// Whether ``append(_:)`` would refuse.
    @inlinable
    package var isFull: Bool { count >= capacity }

    /// The elements that wait, in the order of their arrival.
    @inlinable
    package var elements: [Element] { places[head...].compactMap { $0 } }

    /// Adds an element at the end; false where the queue is full.
    @inlinable
    package mutating func append(_ element: Element) -> Bool {
        guard !isFull else { return false }
        places.append(element)
        return true
    }

    /// Takes the element that has waited longest.
    @inlinable
    package mutating func popFirst() -> Element? {
        guard head < places.count else { return nil }
        let element = places[head].take()
        head += 1
        // The empty places go when they are half of the array, which makes each removal cheap on average.
        if head * 2 >= places.count {
            places.removeFirst(head)
            head = 0
        }
        return element
    }

    /// Takes the elements that have waited longest, at most so many.
    @inlinable
    package mutating func popFirst(atMost limit: Int) -> [Element] {
        var taken: [Element] = []
        while taken.count < limit, let element = popFirst() { taken.append(element) }
        return taken
    }

    /// Takes the first element for which something is true.
    @inlinable
    package mutating func removeFirst(where isWanted: (Element) -> Bool) -> Element? {
        guard let index = places[head...].firstIndex(where: { $0.map(isWanted) ?? false }) else { return nil }
        return places.remove(at: index)
    }

    /// Takes all elements for which something is true, in the order of their arrival.
    @inlinable
    package mutating func removeAll(where isWanted: (Element) -> Bool) -> [Element] {
        let waiting = elements
        places = waiting.filter { !isWanted($0) }
        head = 0
        return waiting.filter(isWanted)
    }
}
