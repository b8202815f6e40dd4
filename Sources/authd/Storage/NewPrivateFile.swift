// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A file that is made for one text, for the user of the process alone.
enum NewPrivateFile {
    /// Makes a file of mode 600 with a text, which survives a crash of the machine afterwards.
    ///
    /// - Throws: A sentence where the file exists, also as a link, or cannot be written; nothing is left then.
    static func write(_ text: String, to path: String) throws(CommandFailure) {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw CommandFailure(.failed, "\(AbsolutePath.of(path)) cannot be made: \(FileContents.reason(errno)).")
        }
        defer { close(file) }
        let bytes = Array(text.utf8)
        guard Glibc.write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0 else {
            let reason = FileContents.reason(errno)
            unlink(path)
            throw CommandFailure(.failed, "\(AbsolutePath.of(path)) cannot be written: \(reason).")
        }
        FileContents.syncFolder(of: path)
    }
}
