// SPDX-License-Identifier: Apache-2.0

/// The fields of the forms of mailed actions, by their names on the wire.
public enum ActionField: String, CaseIterable, Hashable, Sendable {
    /// The token of a mail's link.
    case token
    /// The handle of a flow that this browser or client began.
    case handle
    /// The short code of a mail.
    case code
    /// A new password.
    case password
    /// The password that the user has, which may stay empty.
    case currentPassword = "current_password"
}
