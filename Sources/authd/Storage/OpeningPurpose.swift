// SPDX-License-Identifier: Apache-2.0

/// What a database and its root key are opened for.
enum OpeningPurpose: Hashable, Sendable {
    /// To serve: pending migrations are applied where the daemon does that by itself, and the first root key is made.
    case serving
    /// For a command, which leaves both as they are.
    ///
    /// In the wrong folder, or with the settings of another program, it must leave nothing behind. A daemon of the version
    /// before may be serving the database, and the command's user may be another than the daemon's, to whom a key of mode 600
    /// would be closed.
    case command
}
