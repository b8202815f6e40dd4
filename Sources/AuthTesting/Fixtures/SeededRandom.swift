// SPDX-License-Identifier: Apache-2.0

public import AuthCrypto
import Synchronization

/// Random bytes that are the same in every run, so that a failed test can be reproduced.
///
/// - Warning: Predictable. Nothing made with it keeps a secret.
public final class SeededRandom: RandomSource {
    private let state: Mutex<UInt64>

    /// Starts the sequence that belongs to a seed.
    public init(seed: UInt64 = 1) {
        state = Mutex(seed)
    }

    /// The next octets of the sequence that belongs to the seed.
    public func bytes(count: Int) -> [UInt8] {
        state.withLock { state in
            (0..<count).map { _ in
                // SplitMix64, of which one octet per step is taken.
                state &+= 0x9E37_79B9_7F4A_7C15
                var mixed = state
                mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
                mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
                return UInt8(truncatingIfNeeded: mixed ^ mixed >> 31)
            }
        }
    }
}
