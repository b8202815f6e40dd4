// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What an operator types or pipes into a command: one line.
enum StandardInput {
    /// The line without its end of either kind, cut off after so many bytes; `nil` where it is not UTF-8.
    ///
    /// Read byte by byte, so that what follows is left for others.
    static func line(maximumBytes: Int) -> String? {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while bytes.count < maximumBytes, read(STDIN_FILENO, &byte, 1) == 1, byte != UInt8(ascii: "\n") {
            bytes.append(byte)
        }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        return String(validating: bytes, as: UTF8.self)
    }
}
