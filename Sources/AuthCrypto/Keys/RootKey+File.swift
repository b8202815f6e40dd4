// SPDX-License-Identifier: Apache-2.0

extension RootKey {
    /// Reads the root key from a file of 64 hexadecimal digits that only its owner reads, as `authd` does from
    /// `ROOT_KEY_FILE`.
    ///
    /// Without the key the stored sessions, keys and mailed tokens are lost: keep a copy apart from the database's backups.
    /// Of processes that make the file at once one wins and all read the same key; a crash leaves the whole file or none.
    ///
    /// Blocks for a few calls of the system.
    ///
    /// - Parameters:
    ///   - path: The file. It must belong to this process's user, or to root, and be closed to all others.
    ///   - creatingIfMissing: Whether a key is drawn and written to the file, with mode 0600, where there is none. A service
    ///     that lost its key file would then start with another key, which a database in use refuses with
    ///     `StartError.wrongRootKey`.
    ///   - random: Where the key is drawn from.
    /// - Returns: The key in the file.
    /// - Throws: A case for each reason not to use the file.
    public static func load(
        file path: String, creatingIfMissing: Bool = false, random: some RandomSource = SystemRandom()
    ) throws(RootKeyFileError) -> RootKey {
        try RootKeyFile(path: path).load(mayCreate: creatingIfMissing, random: random).key
    }
}
