// SPDX-License-Identifier: Apache-2.0

/// Why a server does not listen, or is not ready although it does.
public enum ServerStartError: Error, Hashable, Sendable {
    /// The request that the server sent to itself over its own socket was not answered with 200.
    ///
    /// `address` is what it connected to, `reason` a diagnostic for the operator.
    case unanswered(address: String, reason: String)
    /// The address cannot be bound.
    ///
    /// `code` is the system's number of what is wrong, 0 where the host has no address; `reason` a diagnostic for the operator.
    case cannotListen(code: CInt, reason: String)
}
