// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What targets that write files have in common.
package enum FileSystem {
    /// The folder of a path; `.` where the path names none.
    package static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Makes a name that a file was just given survive a crash of the machine.
    package static func syncFolder(of path: String) {
        let descriptor = open(folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    /// The system's words for the number of a failure.
    package static func reason(_ code: CInt) -> String {
        // glibc's own text is per thread.
        strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }
}
