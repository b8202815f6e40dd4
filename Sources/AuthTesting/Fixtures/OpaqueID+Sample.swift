// SPDX-License-Identifier: Apache-2.0

public import AuthCore

extension OpaqueID {
    /// An identifier for tests, the same for the same number: `UserID.sample(1)`.
    ///
    /// Identifiers are in the order of their numbers.
    public static func sample(_ number: UInt32) -> Self {
        let instant = Timestamp(seconds: 1_767_225_600) + .milliseconds(Int64(number))
        return Self(UUIDv7(at: instant, random: []))
    }
}
