// SPDX-License-Identifier: Apache-2.0

import AuthSystem
import Glibc

/// A file with the value of a secret setting, as Docker, Kubernetes, systemd and secret managers mount them.
struct SecretFile: Hashable, Sendable {
    let path: String

    /// The largest file that is read, in bytes.
    static let maximumBytes = 64 * 1024

    /// The lines of the file, at least one and none of them empty; the end of the last line may have a line end.
    func lines() throws(SecretFileError) -> [String] {
        // Opening must not wait, even if the path is a pipe.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard file >= 0 else { throw .unreadable(code: errno) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw .unreadable(code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
        if let fault = fault(mode: status.st_mode, owner: status.st_uid, reader: geteuid()) { throw fault }
        switch FileContents.read(file, maximumBytes: Self.maximumBytes) {
        case .success(let bytes): return try Self.lines(of: bytes)
        case .failure(let failure): throw .unreadable(code: failure.code)
        }
    }

    /// Why a file of this owner is not used by a process of the user `reader`.
    func fault(mode: mode_t, owner: uid_t, reader: uid_t) -> SecretFileError? {
        guard owner == reader || owner == 0 else { return .foreignOwner }
        return FileSystem.isExposed(path, mode: mode, owner: owner, reader: reader) ? .exposed : nil
    }

    /// The lines of a text, without line ends of either kind.
    static func lines(of bytes: [UInt8]) throws(SecretFileError) -> [String] {
        guard bytes.count <= maximumBytes else { throw .tooLarge }
        guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else { throw .notText }
        var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        }
        if lines.last?.isEmpty == true { lines.removeLast() }
        guard !lines.isEmpty, !lines.contains(where: \.isEmpty) else { throw .empty }
        return lines.map { String(Substring($0)) }
    }
}

/// Why a file of a secret is not used.
enum SecretFileError: Error, Hashable, Sendable {
    case unreadable(code: CInt)
    case notAFile
    case foreignOwner
    case exposed
    case tooLarge
    case notText
    case empty
    case severalLines

    /// The rest of a sentence that begins with the setting's name, about the file at a path.
    func predicate(_ path: String) -> String {
        let file = Redaction.printable(path)
        return switch self {
        case .unreadable(let code):
            "\(file) cannot be read (\(FileContents.reason(code))): correct the path, or mount the secret there."
        case .notAFile: "\(file) is not a plain file: name one that holds the secret alone."
        case .foreignOwner: "\(file) belongs to another user: give it to the one authd runs as."
        case .exposed: "\(file) can be read or changed by others: run `chmod 600 \(file)`."
        case .tooLarge: "\(file) is larger than 64 KiB: write the secret alone into it."
        case .notText: "\(file) is not a text in UTF-8: write the secret alone into it."
        case .empty: "\(file) is empty or has an empty line: write the secret alone into it."
        case .severalLines: "\(file) has more than one line: write the secret alone into it."
        }
    }
}
