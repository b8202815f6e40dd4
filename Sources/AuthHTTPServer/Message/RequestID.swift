// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The identifier of one request in replies, logs and audit events.
public struct RequestID: Hashable, Sendable, CustomStringConvertible {
    /// 1 to 64 characters from `A–Z a–z 0–9 . _ -`.
    public let description: String

    /// Takes over an inbound `X-Request-ID`; `nil` for one that is empty, long or has other characters.
    ///
    /// A client may choose the id of its own request: no decision depends on it, and it cannot break a log line.
    package init?(received text: String) {
        guard (1...64).contains(text.utf8.count) else { return nil }
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f: continue
            default: return nil
            }
        }
        self.description = text
    }

    /// Renders 64 bits as 13 digits of base 32, which fit into a string without an allocation.
    init(_ value: UInt64) {
        self.description = String(unsafeUninitializedCapacity: 13) { buffer in
            for index in 0..<13 {
                let digit = UInt8(truncatingIfNeeded: (value >> UInt64(60 - 5 * index)) & 31)
                buffer.initializeElement(at: index, to: digit < 10 ? 0x30 &+ digit : 0x61 &+ digit &- 10)
            }
            return 13
        }
    }
}

/// Makes request identifiers that differ within a process and, by their seed, between processes.
package final class RequestIDSource: Sendable {
    // A class because the counter must have one place in memory.
    private let counter: Atomic<UInt64>

    /// - Parameter seed: Random; processes with equal seeds make equal identifiers.
    package init(seed: UInt64) {
        self.counter = Atomic(seed)
    }

    package func next() -> RequestID {
        var word = counter.wrappingAdd(0x9e37_79b9_7f4a_7c15, ordering: .relaxed).newValue
        // The finaliser of SplitMix64: a bijection, so distinct counters stay distinct.
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return RequestID(word ^ (word >> 31))
    }
}
