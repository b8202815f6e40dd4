// SPDX-License-Identifier: Apache-2.0

/// The words of `REGISTRATION`.
enum RegistrationMode: String, CaseIterable, Hashable, Sendable {
    /// Any client may register.
    case open
    /// Owners of an address of a listed domain may.
    case domains
    /// Invited persons may become users, and no others.
    case invitation
    /// No client may.
    case closed
}
