// SPDX-License-Identifier: Apache-2.0

/// What a JSON text may cost to read.
public struct JSONLimits: Hashable, Sendable {
    /// The longest text in bytes.
    public var maximumBytes: Int
    /// How many arrays and objects may be open at once; 0 allows only a scalar.
    public var maximumDepth: Int

    /// Sets both limits; the defaults suit a request body.
    public init(maximumBytes: Int = 65_536, maximumDepth: Int = 16) {
        self.maximumBytes = maximumBytes
        self.maximumDepth = maximumDepth
    }

    /// 64 KiB and 16 levels.
    public static let standard = JSONLimits()
}
