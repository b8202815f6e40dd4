// SPDX-License-Identifier: Apache-2.0

/// How a user came to exist; raw values are stored.
public enum UserOrigin: String, Hashable, Sendable, CaseIterable {
    /// The user registered.
    case registered
    /// An administrator, or the operator at the command line, made the user.
    case administrator
    /// An invitation made the user, who is removed with it unless it is accepted.
    case invited
    /// The user came by an identity provider.
    case provider
    /// The user came as a guest, without any identifier.
    case anonymous
}
