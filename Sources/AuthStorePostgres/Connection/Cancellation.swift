// SPDX-License-Identifier: Apache-2.0

import CLibPQ

/// The right to have a server cancel what one connection does.
///
/// Unchecked, because libpq's object is only read after it is made, and PQcancel is documented to be safe on any thread.
final class Cancellation: @unchecked Sendable {
    private let handle: OpaquePointer

    /// Copies what a request needs from a connection.
    init?(_ connection: OpaquePointer) {
        guard let handle = PQgetCancel(connection) else { return nil }
        self.handle = handle
    }

    deinit {
        PQfreeCancel(handle)
    }

    /// Sends the request and waits until it was received; whether it was obeyed shows on the connection itself.
    func send() {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { message in
            _ = PQcancel(handle, message.baseAddress, 256)
        }
    }
}
