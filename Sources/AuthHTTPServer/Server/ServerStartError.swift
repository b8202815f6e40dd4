// SPDX-License-Identifier: Apache-2.0

/// Why a server that listens is not ready.
public enum ServerStartError: Error, Hashable, Sendable {
    /// The request that the server sent to itself over its own socket was not answered with 200.
    ///
    /// `address` is what it connected to, `reason` a diagnostic for the operator.
    case unanswered(address: String, reason: String)
}
