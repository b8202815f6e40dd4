// SPDX-License-Identifier: Apache-2.0

import AuthSystem
import Glibc

/// Reading whole files of a bounded size, and what files that are written have in common.
enum FileContents {
    /// The system's number of what went wrong.
    struct Failure: Error, Hashable, Sendable {
        let code: CInt
    }

    /// A file that was read, and who may write it.
    struct Noted: Hashable, Sendable {
        let bytes: [UInt8]
        let owner: uid_t
        let group: gid_t
        let mode: mode_t
    }

    /// The bytes of a file; more than `maximumBytes` of them where it is larger than that.
    static func read(_ path: String, maximumBytes: Int) -> Result<[UInt8], Failure> {
        readNoting(path, maximumBytes: maximumBytes).map(\.bytes)
    }

    /// As ``read(_:maximumBytes:)``, with owner and mode of the file that was read, whatever has the name by then.
    static func readNoting(_ path: String, maximumBytes: Int) -> Result<Noted, Failure> {
        // Opening must not wait, even if the path is a pipe.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard file >= 0 else { return .failure(Failure(code: errno)) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { return .failure(Failure(code: errno)) }
        return read(file, maximumBytes: maximumBytes).map { bytes in
            Noted(bytes: bytes, owner: status.st_uid, group: status.st_gid, mode: status.st_mode & 0o7777)
        }
    }

    /// The user to whom a symbolic link belongs; `nil` where the path is none.
    static func linkOwner(_ path: String) -> uid_t? {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return nil }
        return status.st_uid
    }

    /// The rest of an open file; more than `maximumBytes` of it where it is larger than that.
    static func read(_ file: CInt, maximumBytes: Int) -> Result<[UInt8], Failure> {
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
