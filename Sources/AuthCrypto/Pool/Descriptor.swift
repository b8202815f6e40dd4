// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A file descriptor of our own, closed when the last owner lets go.
final class Descriptor: Sendable {
    let number: Int32

    init(owning number: Int32) {
        self.number = number
    }

    deinit {
        _ = close(number)
    }

    /// Makes a pipe, closed on exec.
    ///
    /// - Throws: `.resourcesExhausted`.
    static func pipe() throws(CryptoError) -> (reading: Descriptor, writing: Descriptor) {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { throw .resourcesExhausted }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (Descriptor(owning: ends[0]), Descriptor(owning: ends[1]))
    }

    /// Writes one number, whole: a pipe takes so few bytes at once or blocks until it can.
    func post(_ message: Int32) {
        var message = message
        while write(number, &message, MemoryLayout<Int32>.size) < 0, errno == EINTR {}
    }

    /// Blocks until there is a number; `nil` once all writers have closed their end.
    func receive() -> Int32? {
        var message: Int32 = 0
        while true {
            let count = read(number, &message, MemoryLayout<Int32>.size)
            if count == MemoryLayout<Int32>.size { return message }
            guard count < 0, errno == EINTR else { return nil }
        }
    }
}
