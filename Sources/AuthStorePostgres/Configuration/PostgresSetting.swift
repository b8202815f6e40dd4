// SPDX-License-Identifier: Apache-2.0

import CLibPQ

/// A parameter of libpq that may be part of a database's URL, by libpq's name.
///
/// The installed libpq says which exist: it knows more of them with each version.
public struct PostgresSetting: Hashable, Sendable {
    /// libpq's name.
    public let rawValue: String

    /// A parameter that the URL may give.
    ///
    /// - Throws: `.unknownParameter` for a name that this libpq does not know, `.reservedParameter` for one of those that
    ///   the driver sets itself or cannot leave to libpq.
    public init(named name: String) throws(PostgresURLError) {
        guard Self.known.contains(name) else { throw .unknownParameter(name) }
        guard Self.reserved[name] == nil else { throw .reservedParameter(name) }
        rawValue = name
    }

    private init(_ name: StaticString) {
        rawValue = name.description
    }

    /// How the connection is encrypted and the server authenticated: `disable`, `prefer`, `require`, `verify-ca`,
    /// `verify-full`.
    public static let sslMode = PostgresSetting("sslmode")
    /// The file with the certificate authorities for the server's certificate, or `system`.
    public static let sslRootCertificate = PostgresSetting("sslrootcert")
    /// The file with the client's certificate.
    public static let sslCertificate = PostgresSetting("sslcert")
    /// The file with the key of the client's certificate.
    public static let sslKey = PostgresSetting("sslkey")
    /// The name shown in the server's list of sessions.
    public static let applicationName = PostgresSetting("application_name")
    /// Options for the server's session; the driver's own settings come after them.
    public static let options = PostgresSetting("options")
    /// Which of several hosts will do, such as `read-write`.
    public static let targetSessionAttributes = PostgresSetting("target_session_attrs")

    /// Which values a parameter may have; `nil` where libpq alone knows.
    var choices: [String]? {
        switch rawValue {
        case "sslmode": ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]
        case "target_session_attrs": ["any", "read-write", "read-only", "primary", "standby", "prefer-standby"]
        case "channel_binding", "gssencmode": ["disable", "prefer", "require"]
        case "load_balance_hosts": ["disable", "random"]
        case "keepalives", "sslsni", "sslcompression": ["0", "1"]
        default: nil
        }
    }

    /// Whether a value may be given.
    func accepts(_ value: String) -> Bool {
        if let choices { return choices.contains(value) }
        switch rawValue {
        case "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout":
            return value.utf8.allSatisfy { (0x30...0x39).contains($0) } && Int32(value) != nil
        default: return !value.isEmpty
        }
    }

    /// Every parameter that the installed libpq knows; none where memory is short.
    static let known: Set<String> = {
        guard let options = PQconninfoParse("", nil) else { return [] }
        defer { PQconninfoFree(options) }
        var names: Set<String> = []
        var option = options
        while let keyword = option.pointee.keyword {
            names.insert(String(cString: keyword))
            option += 1
        }
        return names
    }()

    /// What libpq knows and the URL must not give, each with the reason in a sentence.
    static let reserved: [String: String] = [
        "client_encoding": "Text is always UTF-8.",
        "replication": "The daemon uses no replication connection.",
        "service": "Write what the service file says into the URL.",
        "servicefile": "Write what the service file says into the URL.",
        "fallback_application_name": "Use application_name.",
    ]

    /// Parameters of other drivers and tools that are often printed in such URLs, each with what to do instead.
    static let foreign: [String: String] = [
        "pgbouncer": "Leave it out and set DB_POOLER=transaction.",
        "connection_limit": "Leave it out and set DB_POOL_SIZE and DB_MAX_OVERFLOW.",
        "pool_timeout": "Leave it out and set DB_POOL_TIMEOUT.",
        "pool_size": "Leave it out and set DB_POOL_SIZE.",
        "max_overflow": "Leave it out and set DB_MAX_OVERFLOW.",
        "pool_recycle": "Leave it out and set DB_POOL_RECYCLE.",
        "timeout": "Leave it out and set DB_CONNECT_TIMEOUT.",
        "command_timeout": "Leave it out and set DB_STATEMENT_TIMEOUT.",
        "statement_timeout": "Leave it out and set DB_STATEMENT_TIMEOUT.",
        "statement_cache_size": "Leave it out; behind a pooler in transaction mode set DB_POOLER=transaction.",
        "prepared_statement_cache_size": "Leave it out; behind a pooler in transaction mode set DB_POOLER=transaction.",
        "schema": "Leave it out: the schema is always authd.",
        "server_settings": "Write options=-c%20NAME=VALUE.",
    ]
}
