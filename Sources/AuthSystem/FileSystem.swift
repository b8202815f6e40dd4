// SPDX-License-Identifier: Apache-2.0

package import Glibc

/// What targets that read and write files have in common.
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

    /// Whether others than its owner and the user `reader` may read or change a file.
    ///
    /// Mounted secrets belong to root and are read through the group. Docker mounts them for everyone to read, below a folder
    /// that a container has for itself: there it is enough that root alone may change them.
    package static func isExposed(_ path: String, mode: mode_t, owner: uid_t, reader: uid_t) -> Bool {
        let forbidden: mode_t
        if owner == 0, isMountedSecret(path) {
            forbidden = 0o022
        } else {
            forbidden = owner == 0 && reader != 0 ? 0o037 : 0o077
        }
        return mode & forbidden != 0
    }

    /// Whether a path is below the folders in which Docker, Kubernetes and systemd mount secrets for one container or unit.
    private static func isMountedSecret(_ path: String) -> Bool {
        let folders = ["/run/secrets/", "/var/run/secrets/", "/run/credentials/"]
        return folders.contains { path.hasPrefix($0) } && !path.split(separator: "/").contains("..")
    }
}
