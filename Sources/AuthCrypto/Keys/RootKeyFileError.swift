// SPDX-License-Identifier: Apache-2.0

import AuthSystem

/// Why a file of the root key is not used; each case names the file.
public enum RootKeyFileError: Error, Hashable, Sendable {
    /// There is none, and none was to be made.
    case missing(String)
    /// The system does not let it be read; the code is that of `errno`.
    case unreadable(String, code: Int32)
    /// The system does not let it be made; the code is that of `errno`.
    case cannotCreate(String, code: Int32)
    /// There is one already, and it was not changed.
    case exists(String)
    /// It is a folder, a pipe or a device.
    case notAFile(String)
    /// It belongs neither to this process's user nor to root.
    case foreignOwner(String)
    /// Users other than its owner may read or change it.
    case exposed(String)
    /// It holds no root key.
    case malformed(String)
}

extension RootKeyFileError: CustomStringConvertible {
    /// One sentence that names the file and what to do.
    public var description: String {
        switch self {
        case .missing(let path): "\(path) does not exist: make it with `umask 077; openssl rand -hex 32 > \(path)`."
        case .unreadable(let path, let code): "\(path) cannot be read: \(FileSystem.reason(code))."
        case .cannotCreate(let path, let code): "\(path) cannot be made: \(FileSystem.reason(code))."
        case .exists(let path):
            "\(path) exists and was not changed: a root key that is in use cannot be replaced like that."
        case .notAFile(let path): "\(path) is not a plain file."
        case .foreignOwner(let path): "\(path) belongs to another user: give it to the user of this process."
        case .exposed(let path): "\(path) can be read or changed by others: run `chmod 600 \(path)`."
        case .malformed(let path): "\(path) does not hold 64 hexadecimal digits, as `openssl rand -hex 32` prints."
        }
    }
}
