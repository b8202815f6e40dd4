// SPDX-License-Identifier: Apache-2.0

import AuthSystem
package import Glibc

/// The file of the root key: 64 hexadecimal digits that only their owner reads.
package struct RootKeyFile: Sendable {
    /// Where it is.
    package let path: String

    /// The key in the file, and whether this call made it.
    package struct Loaded: Sendable {
        /// The key.
        package let key: RootKey
        /// Whether there was no file before.
        package let wasCreated: Bool
    }

    /// Names the file; nothing is read yet.
    package init(path: String) {
        self.path = path
    }

    /// Reads the key; makes one first where there is no file and `mayCreate` is set.
    ///
    /// Of processes that make it at once one wins and all read the same key. A process that dies meanwhile leaves the
    /// whole file or none.
    package func load(mayCreate: Bool, random: some RandomSource) throws(RootKeyFileError) -> Loaded {
        if let key = try read() { return Loaded(key: key, wasCreated: false) }
        guard mayCreate else { throw .missing(path) }
        let wasCreated = try create(RootKey(random: random), random: random)
        guard let key = try read() else { throw .missing(path) }
        return Loaded(key: key, wasCreated: wasCreated)
    }

    /// Makes a key in a file that must not exist yet.
    ///
    /// - Throws: `.exists`, `.cannotCreate`; an existing file is never changed, as its key may be in use.
    package func make(random: some RandomSource) throws(RootKeyFileError) {
        guard try create(RootKey(random: random), random: random) else { throw .exists(path) }
    }

    /// Removes the file: for one that was made in this run and turned out to be of no use.
    package func remove() {
        _ = unlink(path)
    }

    private func read() throws(RootKeyFileError) -> RootKey? {
        // Opening must not wait, even if the path is a pipe.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard file >= 0 else {
            guard errno != ENOENT else { return nil }
            throw .unreadable(path, code: errno)
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw .unreadable(path, code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path) }
        if let fault = fault(mode: status.st_mode, owner: status.st_uid, reader: geteuid()) { throw fault }
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = bytes.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
        guard count >= 0 else { throw .unreadable(path, code: errno) }
        do throws(RootKeyError) {
            return try RootKey(fileContents: Array(bytes.prefix(count)))
        } catch {
            throw .malformed(path)
        }
    }

    /// Why a file of this owner is not used by a process of the user `reader`.
    package func fault(mode: mode_t, owner: uid_t, reader: uid_t) -> RootKeyFileError? {
        guard owner == reader || owner == 0 else { return .foreignOwner(path) }
        return FileSystem.isExposed(path, mode: mode, owner: owner, reader: reader) ? .exposed(path) : nil
    }

    /// Writes the key under another name and links it into place.
    ///
    /// - Returns: `false` where another process was first.
    private func create(_ key: RootKey, random: some RandomSource) throws(RootKeyFileError) -> Bool {
        let suffix = random.bytes(count: 8).map { String($0, radix: 16) }.joined()
        let temporary = "\(path).\(suffix)"
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .cannotCreate(path, code: errno) }
        defer {
            close(file)
            unlink(temporary)
        }
        let isWritten = key.withUnsafeHexadecimal { text in
            let bytes = Array((text + "\n").utf8)
            return fchmod(file, 0o600) == 0 && Glibc.write(file, bytes, bytes.count) == bytes.count && fsync(file) == 0
        }
        guard isWritten else { throw .cannotCreate(path, code: errno) }
        guard link(temporary, path) == 0 else {
            guard errno == EEXIST else { throw .cannotCreate(path, code: errno) }
            return false
        }
        FileSystem.syncFolder(of: path)
        return true
    }
}
