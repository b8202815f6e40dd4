// SPDX-License-Identifier: Apache-2.0

/// The words of `REGISTRATION`.
enum RegistrationMode: String, CaseIterable, Hashable, Sendable {
    /// Any client may register.
    case open
    /// Owners of an address of a listed domain may.
    case domains
    /// No client may.
    case closed
}
