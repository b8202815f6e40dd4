// SPDX-License-Identifier: Apache-2.0

import CLibPQ

/// Why a text is not the URL of a PostgreSQL database.
///
/// It names the part and quotes nothing that could be a password.
public enum PostgresURLError: Error, Hashable, Sendable {
    /// The URL does not start with a scheme for PostgreSQL.
    case scheme
    /// A user or password holds a reserved character as it is.
    case unescapedCredentials
    /// A percent sign without two hexadecimal digits, text that is not UTF-8, or a NUL.
    case encoding(Part)
    /// A host is missing beside others, or its brackets do not close.
    case host
    /// A port is not a number from 1 to 65535, or there are not as many as hosts.
    case port
    /// No database is named.
    case missingDatabase
    /// The URL has a fragment.
    case fragment
    /// A parameter that the installed libpq does not know.
    case unknownParameter(String)
    /// A parameter of libpq that the driver sets itself or cannot leave to libpq.
    case reservedParameter(String)
    /// `hostaddr` has another number of entries than there are hosts.
    case addresses
    /// A parameter that is given twice.
    case repeatedParameter(String)
    /// A value that its parameter cannot have.
    case value(parameter: String)

    /// A part of the URL.
    public enum Part: String, Hashable, Sendable {
        /// The role.
        case user
        /// Its password.
        case password
        /// A host.
        case host
        /// The database.
        case database
        /// What follows the question mark.
        case parameters
    }
}

extension PostgresURLError: CustomStringConvertible {
    /// The version of the installed libpq, as in `15.18`.
    private static var libraryVersion: String {
        let version = PQlibVersion()
        return "\(version / 10_000).\(version % 10_000)"
    }

    /// One sentence or two for the operator.
    public var description: String {
        switch self {
        case .scheme: "The database URL must start with postgresql:// or postgres://."
        case .unescapedCredentials:
            "The database URL has an @ behind a / or ? or #: write these as %2F, %3F, %23 in user and password, "
                + "and @ as %40 elsewhere."
        case .encoding(let part): "The \(part.rawValue) in the database URL is not valid percent-encoded UTF-8."
        case .host: "A host in the database URL is empty or its brackets do not close."
        case .port: "A port in the database URL is not a number from 1 to 65535."
        case .missingDatabase: "The database URL names no database."
        case .fragment: "The database URL has a #; write it as %23."
        case .unknownParameter(let name):
            "The database URL has the parameter \(name), which libpq \(Self.libraryVersion) does not know."
                + (PostgresSetting.foreign[name].map { " \($0)" } ?? "")
        case .reservedParameter(let name):
            "The database URL has the parameter \(name), which cannot be set. \(PostgresSetting.reserved[name] ?? "")"
        case .addresses:
            "The parameter hostaddr in the database URL names another number of addresses than there are hosts."
        case .repeatedParameter(let name): "The database URL has the parameter \(name) twice."
        case .value(let name): "The parameter \(name) in the database URL has an invalid value."
        }
    }
}
