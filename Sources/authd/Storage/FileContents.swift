// SPDX-License-Identifier: Apache-2.0

import AuthSystem
import Glibc

/// Reading whole files of a bounded size, and what files that are written have in common.
enum FileContents {
    /// The system's number of what went wrong.
    struct Failure: Error, Hashable, Sendable {
        let code: CInt
    }

    /// The bytes of a file; more than `maximumBytes` of them where it is larger than that.
    static func read(_ path: String, maximumBytes: Int) -> Result<[UInt8], Failure> {
        // Opening must not wait, even if the path is a pipe.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard file >= 0 else { return .failure(Failure(code: errno)) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while bytes.count <= maximumBytes {
            let count = buffer.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
            guard count >= 0 else { return .failure(Failure(code: errno)) }
            guard count > 0 else { break }
            bytes += buffer.prefix(count)
        }
        return .success(bytes)
    }

    /// Makes a name that a file was just given survive a crash of the machine.
    static func syncFolder(of path: String) { FileSystem.syncFolder(of: path) }

    /// The system's words for the number of what went wrong.
    static func reason(_ code: CInt) -> String { FileSystem.reason(code) }
}
