// SPDX-License-Identifier: Apache-2.0

/// A request that its handler has admitted: what the server must know of it until it is answered.
public protocol AdmittedRequest: Sendable {
    /// Whether the task that answers is cancelled when the client is gone, or will send nothing more.
    ///
    /// True for what may wait long; what writes is better done to its end.
    var cancelsOnDisconnect: Bool { get }

    /// Whether the request is answered without its body, however long that is.
    var ignoresBody: Bool { get }
}
