// SPDX-License-Identifier: Apache-2.0

/// Why a text is not the URL of a database file.
public enum SQLiteURLError: Error, Hashable, Sendable {
    /// The scheme is another one, or `//` does not follow it.
    case scheme
    /// It asks for a database in memory, or names no file at all.
    case memory
    /// Something stands where a URL has its host.
    case host
    /// The path has a broken escape, is not UTF-8, has a NUL in it, or names a directory.
    case path
    /// The URL has a fragment.
    case fragment
    /// A parameter that is not supported.
    case unknownParameter(String)
    /// A parameter that is given twice.
    case repeatedParameter(String)
    /// A value that its parameter cannot have.
    case value(parameter: String)
}

extension SQLiteURLError: CustomStringConvertible {
    /// One sentence for the operator.
    public var description: String {
        switch self {
        case .scheme: "A database file is written sqlite:///relative/path or sqlite:////absolute/path."
        case .memory: "SQLite in memory is not offered; for a store that forgets everything write memory: instead."
        case .host: "The database URL has a host: a file has none, as in sqlite:///./authd.db with three slashes."
        case .path: "The path in the database URL names no file or is not valid percent-encoded UTF-8."
        case .fragment: "The database URL has a #; write it as %23."
        case .unknownParameter(let name): "The database URL has an unknown parameter \(name)."
        case .repeatedParameter(let name): "The database URL has the parameter \(name) twice."
        case .value(let name): "The parameter \(name) in the database URL has an invalid value."
        }
    }
}
