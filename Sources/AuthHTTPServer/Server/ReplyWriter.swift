// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// Renders replies as HTTP/1.1 bytes, appending to one buffer.
enum ReplyWriter {
    /// How the connection goes on after the reply.
    enum Persistence {
        /// HTTP/1.1: stays open without saying so.
        case keepAlive
        /// HTTP/1.0: stays open because the client asked for it, and is told so.
        case keepAliveExplicitly
        /// Is closed after the reply.
        case close
    }

    /// Appends status line, fields and, unless the request was HEAD, the body.
    static func write(
        _ reply: borrowing Reply, into buffer: inout ByteBuffer, date: [UInt8], persistence: Persistence,
        omittingBody: Bool
    ) {
        buffer.writeStaticString(reply.status.line)
        buffer.writeBytes(date)
        buffer.writeBytes(reply.block.encoded)
        for field in reply.fields {
            buffer.writeString(field.name)
            buffer.writeStaticString(": ")
            buffer.writeString(field.value)
            buffer.writeStaticString("\r\n")
        }
        if let requestID = reply.requestID {
            buffer.writeStaticString("x-request-id: ")
            buffer.writeString(requestID.description)
            buffer.writeStaticString("\r\n")
        }
        switch persistence {
        case .keepAlive: break
        case .keepAliveExplicitly: buffer.writeStaticString("connection: keep-alive\r\n")
        case .close: buffer.writeStaticString("connection: close\r\n")
        }
        guard reply.status.allowsBody else {
            buffer.writeStaticString("\r\n")
            return
        }
        buffer.writeStaticString("content-length: ")
        writeDecimal(reply.body.count, into: &buffer)
        buffer.writeStaticString("\r\n\r\n")
        if !omittingBody {
            buffer.writeBytes(reply.body)
        }
    }

    private static func writeDecimal(_ number: Int, into buffer: inout ByteBuffer) {
        if number >= 10 { writeDecimal(number / 10, into: &buffer) }
        buffer.writeInteger(UInt8(truncatingIfNeeded: 0x30 + number % 10))
    }
}
