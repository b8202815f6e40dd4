// SPDX-License-Identifier: Apache-2.0

/// What a JSON text may cost to read.
public struct JSONLimits: Hashable, Sendable {
    /// The longest text in bytes.
    public var maximumBytes: Int
    /// How many arrays and objects may be open at once; 0 allows only a scalar.
    public var maximumDepth: Int
    /// The longest name of a member in octets of UTF-8, after unescaping.
    public var maximumNameBytes: Int

    /// Sets the limits; the defaults suit a request body.
    public init(maximumBytes: Int = 65_536, maximumDepth: Int = 16, maximumNameBytes: Int = 256) {
        self.maximumBytes = maximumBytes
        self.maximumDepth = maximumDepth
        self.maximumNameBytes = maximumNameBytes
    }

    /// 64 KiB, 16 levels and names of 256 octets.
    public static let standard = JSONLimits()
}
