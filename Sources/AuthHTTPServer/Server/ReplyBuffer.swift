// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// The replies of one connection that are not yet handed to the socket.
struct ReplyBuffer {
    private(set) var bytes = ByteBuffer()

    var isEmpty: Bool { bytes.readableBytes == 0 }

    /// Whether they are to be handed over before another one is written.
    var isFull: Bool { bytes.readableBytes >= ConnectionBounds.output }

    /// Whether handing them over can make the channel unwritable and writable again within the call, and then more is
    /// answered.
    var isLarge: Bool { bytes.readableBytes >= ConnectionBounds.unsent / 2 }

    mutating func write(
        _ reply: borrowing Reply, date: [UInt8], persistence: ReplyWriter.Persistence, omittingBody: Bool
    ) {
        ReplyWriter.write(reply, into: &bytes, date: date, persistence: persistence, omittingBody: omittingBody)
    }

    mutating func writeContinue() {
        bytes.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n")
    }

    /// Gives the replies away.
    mutating func take() -> ByteBuffer {
        defer { bytes = ByteBuffer() }
        return bytes
    }

    /// Empties the buffer once its bytes were handed over; the memory is used again where the write has completed at once,
    /// and given back where it is large.
    mutating func recycle() {
        if bytes.capacity > 16 * 1024 {
            bytes = ByteBuffer()
        } else {
            bytes.clear()
        }
    }
}
