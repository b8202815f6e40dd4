// SPDX-License-Identifier: Apache-2.0

/// The kind of an identifier: one name space each, so that a username never equals an address; raw values are stored.
public enum IdentifierKind: String, Hashable, Sendable, CaseIterable {
    /// A ``Username``.
    case username
    /// An ``EmailAddress``.
    case email
}
