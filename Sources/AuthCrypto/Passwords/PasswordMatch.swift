// SPDX-License-Identifier: Apache-2.0

/// Whether a password is the one that a hash was made from, and in which form.
public enum PasswordMatch: Hashable, Sendable {
    /// It is another password.
    case none
    /// The hash was made from its NFC, as every hash of authd is.
    case normalized
    /// The hash was made from the octets as the client sent them: it comes from a system that does not normalize.
    case asPresented

    /// Whether it is the password, in either form.
    public var isMatch: Bool { self != .none }
}
