// SPDX-License-Identifier: Apache-2.0

/// What a process knows of roles besides the stored ones, for deciding on a change of those.
public struct RoleRules: Hashable, Sendable {
    /// The most roles that are stored.
    public static let maximumCount = 100

    /// The roles that the program has itself, which can be redefined and not removed.
    public let base: RoleTable
    /// Whether a file of the operator's owns the roles that it lists.
    public let hasFile: Bool

    /// Describes the rules of a process.
    public init(base: RoleTable = .standard, hasFile: Bool = false) {
        self.base = base
        self.hasFile = hasFile
    }
}
