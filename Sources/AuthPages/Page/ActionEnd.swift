// SPDX-License-Identifier: Apache-2.0

/// Why a link leads to nothing that can be done.
public enum ActionEnd: CaseIterable, Hashable, Sendable {
    /// It was used.
    case used
    /// It is too old.
    case expired
    /// A later action or the user has ended it.
    case ended
    /// authd did not make it, or not for this page.
    case unknown
}
