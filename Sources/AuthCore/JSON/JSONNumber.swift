// SPDX-License-Identifier: Apache-2.0

/// A finite JSON number that stays exact while it is an integer of 64 bits.
///
/// `5` and `5.0` are different values here although ``double`` agrees, so that reading and writing give back the same
/// kind of number.
public struct JSONNumber: Hashable, Sendable {
    enum Storage: Hashable, Sendable {
        case integer(Int64)
        case double(Double)
    }

    let storage: Storage

    /// Holds an integer exactly.
    public init(_ integer: Int64) {
        storage = .integer(integer)
    }

    /// Holds a fraction; `nil` for infinities and NaN, which JSON cannot write.
    public init?(_ double: Double) {
        guard double.isFinite else { return nil }
        storage = .double(double)
    }

    /// The value as an integer; `nil` if it has a fraction or does not fit.
    public var int64: Int64? {
        switch storage {
        case .integer(let integer): return integer
        case .double(let double):
            // Converted by hand, because `Int64(exactly:)` calls the C library's `trunc`, which this target does not
            // link.
            guard double >= -0x1p63, double < 0x1p63 else { return nil }
            let integer = Int64(double)
            return Double(integer) == double ? integer : nil
        }
    }

    /// The nearest floating point value; integers beyond 2^53 are rounded.
    public var double: Double {
        switch storage {
        case .integer(let integer): Double(integer)
        case .double(let double): double
        }
    }
}
