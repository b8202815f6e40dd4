// SPDX-License-Identifier: Apache-2.0

/// What one connection may hold in memory, in bytes; `docs/deployment.md` states the sum.
enum ConnectionBounds {
    /// One read from the socket.
    ///
    /// Small, because a page of pipelined requests becomes many times its size when it is parsed.
    static let read = 4 * 1024
    /// Replies that are not yet handed to the socket, less the last one.
    static let output = 64 * 1024
    /// Replies that are handed over and that the peer has not taken, less the last of them: SwiftNIO's high water mark.
    static let unsent = 64 * 1024
    /// Parsed requests that wait for the one in flight.
    ///
    /// Reached only where a client sends a whole series and closes its half: its input is then read to the end.
    static let queue = 256 * 1024
    /// What the kernel keeps for one direction of a connection is twice this.
    static let socketBuffer = 64 * 1024
}
