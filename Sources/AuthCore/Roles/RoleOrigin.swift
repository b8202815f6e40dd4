// SPDX-License-Identifier: Apache-2.0

/// Where the definition of a role comes from.
public enum RoleOrigin: String, Hashable, Sendable, CaseIterable {
    /// authd itself.
    case builtIn = "built_in"
    /// The program that embeds the library.
    case program
    /// The operator's file.
    case file
    /// An administrator, or a command.
    case data
}
