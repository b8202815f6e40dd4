// SPDX-License-Identifier: Apache-2.0

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
    /// A parameter that is not supported.
    case unknownParameter(String)
    /// A parameter that is given twice.
    case repeatedParameter(String)
    /// A value that its parameter cannot have.
    case value(parameter: String)

    /// A part of the URL.
    public enum Part: String, Hashable, Sendable {
        case user
        case password
        case host
        case database
        case parameters
    }
}

extension PostgresURLError: CustomStringConvertible {
    /// One sentence for the operator.
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
        case .unknownParameter(let name): "The database URL has an unknown parameter \(name)."
        case .repeatedParameter(let name): "The database URL has the parameter \(name) twice."
        case .value(let name): "The parameter \(name) in the database URL has an invalid value."
        }
    }
}
