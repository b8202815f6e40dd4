// SPDX-License-Identifier: Apache-2.0

import AuthService
import Glibc

/// A file that only its owner reads, written by appending.
enum PrivateLogFile {
    /// Appends in one write, so that blocks of several processes do not mix.
    ///
    /// Blocks the thread.
    static func append(_ bytes: [UInt8], to path: String) -> Result<Void, MailError> {
        // O_NONBLOCK: opening a pipe must fail, not wait for its reader.
        let flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
        let file = open(path, flags, 0o600)
        guard file >= 0 else { return .failure(.unavailable(diagnostic: "the mail file cannot be opened (\(errno))")) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(),
            status.st_nlink == 1, fchmod(file, 0o600) == 0
        else { return .failure(.unavailable(diagnostic: "the mail file is not a plain file of this user")) }
        let written = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
        guard written == bytes.count else {
            return .failure(.unavailable(diagnostic: "the mail file cannot be written (\(errno))"))
        }
        return .success(())
    }
}
