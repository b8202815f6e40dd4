// SPDX-License-Identifier: Apache-2.0

/// The address of a PostgreSQL database, the role, and the bounds.
///
/// Parameters that are not set here are taken by libpq from its environment variables, such as `PGSSLMODE`, and then
/// from its defaults.
public struct PostgresConfiguration: Sendable {
    /// One server, or a pooler in front of one.
    public struct Host: Hashable, Sendable {
        /// A name, an address without brackets, or the directory of a socket, which starts with `/`.
        public var name: String
        /// The port; of a socket, the number in its name.
        public var port: UInt16
        /// The numeric address, if the name is not to be resolved but only compared with the server's certificate.
        public var address: String?

        /// Names a server.
        public init(name: String, port: UInt16 = 5432, address: String? = nil) {
            self.name = name
            self.port = port
            self.address = address
        }

        /// Whether connecting to it leaves this host.
        public var isRemote: Bool {
            let target = address ?? name
            return !target.hasPrefix("/") && !target.hasPrefix("@") && !target.hasPrefix("127.")
                && !["localhost", "::1"].contains(target.lowercased())
        }
    }

    /// The pooler between this process and the server.
    public enum Pooler: String, Hashable, Sendable, CaseIterable {
        /// None, or one that gives each connection a server session of its own.
        case none
        /// A pooler that shares server sessions by transaction: no LISTEN, no prepared statements, no session state.
        case transaction
    }

    /// The servers, tried in order; empty for libpq's default socket.
    public var hosts: [Host]
    /// The role; `nil` for the name of the system's user.
    public var user: String?
    /// The password; `nil` for what `PGPASSWORD` or a password file say.
    public var password: PostgresPassword?
    /// The database.
    public var database: String
    /// Settings that go to libpq as they are, by its names.
    public var settings: [PostgresSetting: String]
    /// The pooler in between.
    public var pooler: Pooler
    /// How many connections there may be, and for how long.
    public var pool: PoolLimits
    /// How long opening one connection may take, all its hosts together.
    public var connectTimeout: Duration
    /// How long one batch of statements may take.
    ///
    /// The server gets this limit for each of them, and if it does not keep to it, the client gives up soon after.
    public var statementTimeout: Duration
    /// How long closing waits for operations in flight.
    public var drainTimeout: Duration
    /// What the server's list of sessions shows where neither ``settings`` nor `PGAPPNAME` say.
    package var programName = "authd"

    /// Describes a database, with the bounds that `authd` has by default.
    public init(
        hosts: [Host] = [], user: String? = nil, password: PostgresPassword? = nil, database: String,
        settings: [PostgresSetting: String] = [:], pooler: Pooler = .none, pool: PoolLimits = PoolLimits(),
        connectTimeout: Duration = .seconds(10), statementTimeout: Duration = .seconds(30),
        drainTimeout: Duration = .seconds(10)
    ) {
        self.hosts = hosts
        self.user = user
        self.password = password
        self.database = database
        self.settings = settings
        self.pooler = pooler
        self.pool = pool
        self.connectTimeout = connectTimeout
        self.statementTimeout = statementTimeout
        self.drainTimeout = drainTimeout
    }
}

extension PostgresConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Role, hosts and database, without password and settings.
    public var description: String {
        let names = hosts.map { host in
            let name = host.name.contains(":") ? "[\(host.name)]" : host.name
            return "\(name):\(host.port)"
        }
        let role = user.map { "\($0)@" } ?? ""
        return "postgresql://\(role)\(names.joined(separator: ","))/\(database)"
    }

    /// The same.
    public var debugDescription: String { description }

    /// The description alone.
    public var customMirror: Mirror { Mirror(self, children: ["url": description]) }
}

/// A password on its way to libpq: it does not print.
public struct PostgresPassword: Hashable, Sendable {
    let text: String

    /// Wraps a password.
    public init(_ text: String) {
        self.text = text
    }
}

extension PostgresPassword: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Says only that there is one.
    public var description: String { "<password>" }

    /// The same.
    public var debugDescription: String { description }

    /// Nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
