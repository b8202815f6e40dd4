// SPDX-License-Identifier: Apache-2.0

extension PostgresConfiguration {
    /// Reads `postgresql://user:password@host:port,host:port/database?parameter=value`.
    ///
    /// The schemes that SQLAlchemy adds its drivers to are read too (`postgresql+asyncpg`, `postgresql+psycopg2` and
    /// others), and asyncpg's parameter `ssl` as `sslmode`. The parameters are those of libpq: `host`, `hostaddr`, `port`,
    /// `user`, `password` and `dbname` replace what stands before the question mark (a host may be the directory of a
    /// socket), `connect_timeout` is in seconds, and the others are `PostgresSetting`s. Everything is percent-decoded; a
    /// plus sign is itself. Of several hosts, one that accepts writes is taken unless `target_session_attrs` says otherwise.
    public init(url: String) throws(PostgresURLError) {
        let rest = try Self.withoutScheme(url)
        let parts = try URLParts(rest)
        var parameters = try Self.parameters(parts.query)
        var hosts = try parts.authority.isEmpty ? [] : Self.hosts(parts.authority)

        let path = try percentDecoded(parts.path, .database)
        let database = parameters.removeValue(forKey: "dbname") ?? path
        guard !database.isEmpty else { throw .missingDatabase }
        let user = try parts.user.map { text throws(PostgresURLError) in try percentDecoded(text, .user) }
        let password = try parts.password.map { text throws(PostgresURLError) in try percentDecoded(text, .password) }
        self.init(
            user: (parameters.removeValue(forKey: "user") ?? user).flatMap { $0.isEmpty ? nil : $0 },
            password: (parameters.removeValue(forKey: "password") ?? password).map(PostgresPassword.init),
            database: database)

        hosts = try Self.hosts(hosts, replacedBy: parameters)
        for (name, value) in parameters.sorted(by: { $0.key < $1.key }) { try apply(name, value) }
        self.hosts = hosts
        if hosts.count > 1, settings[.targetSessionAttributes] == nil {
            settings[.targetSessionAttributes] = "read-write"
        }
    }

    private static func withoutScheme(_ url: String) throws(PostgresURLError) -> Substring {
        guard let colon = url.firstIndex(of: ":") else { throw .scheme }
        let drivers = ["asyncpg", "psycopg", "psycopg2", "psycopg2cffi", "psycopg_async", "pg8000"]
        let schemes = ["postgresql", "postgres"] + drivers.map { "postgresql+\($0)" }
        let rest = url[colon...]
        guard schemes.contains(url[..<colon].lowercased()), rest.hasPrefix("://") else { throw .scheme }
        return rest.dropFirst(3)
    }

    private static func hosts(_ authority: Substring) throws(PostgresURLError) -> [Host] {
        var hosts: [Host] = []
        for text in authority.split(separator: ",", omittingEmptySubsequences: false) {
            var name = text
            var port: Substring?
            if text.hasPrefix("[") {
                guard let end = text.firstIndex(of: "]") else { throw .host }
                name = text[text.index(after: text.startIndex)..<end]
                let tail = text[text.index(after: end)...]
                guard tail.isEmpty || tail.hasPrefix(":") else { throw .host }
                port = tail.isEmpty ? nil : tail.dropFirst()
            } else if let colon = text.firstIndex(of: ":") {
                name = text[..<colon]
                port = text[text.index(after: colon)...]
            }
            let decoded = try percentDecoded(name, .host)
            guard !decoded.isEmpty, !decoded.contains(",") else { throw .host }
            hosts.append(Host(name: decoded, port: try port.map(portNumber) ?? 5432))
        }
        return hosts
    }

    private static func hosts(
        _ hosts: [Host], replacedBy parameters: [String: String]
    ) throws(PostgresURLError) -> [Host] {
        var hosts = hosts
        if let names = parameters["host"] {
            let list = names.split(separator: ",", omittingEmptySubsequences: false)
            guard list.allSatisfy({ !$0.isEmpty }) else { throw .host }
            hosts = list.map { Host(name: String($0)) }
        }
        if let addresses = parameters["hostaddr"] {
            let list = addresses.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            if hosts.isEmpty { hosts = list.map { Host(name: $0) } }
            guard list.count == hosts.count else { throw .addresses }
            for (index, address) in list.enumerated() where !address.isEmpty {
                guard Host(name: address).isNumeric else { throw .value(parameter: "hostaddr") }
                hosts[index].address = address
            }
            guard hosts.allSatisfy({ !$0.name.isEmpty }) else { throw .host }
        }
        guard let ports = parameters["port"] else { return hosts }
        let list = ports.split(separator: ",", omittingEmptySubsequences: false)
        guard list.count == 1 || list.count == hosts.count, let first = list.first else { throw .port }
        // A port without a host is libpq's default socket directory, of which this driver need not know the name.
        guard !hosts.isEmpty else { throw .host }
        for index in hosts.indices {
            hosts[index].port = try portNumber(list.indices.contains(index) ? list[index] : first)
        }
        return hosts
    }

    private static func portNumber(_ text: Substring) throws(PostgresURLError) -> UInt16 {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(text), port > 0 else {
            throw .port
        }
        return port
    }

    private static func parameters(_ query: Substring) throws(PostgresURLError) -> [String: String] {
        var parameters: [String: String] = [:]
        for pair in query.split(separator: "&") {
            let end = pair.firstIndex(of: "=") ?? pair.endIndex
            let name = try percentDecoded(pair[..<end], .parameters)
            let value = try percentDecoded(pair[end...].dropFirst(), .parameters)
            guard parameters.updateValue(value, forKey: name) == nil else { throw .repeatedParameter(name) }
        }
        return parameters
    }

    private mutating func apply(_ name: String, _ value: String) throws(PostgresURLError) {
        switch name {
        case "host", "hostaddr", "port":
            return
        case "ssl":
            let modes = ["true": "require", "false": "disable"]
            try set(.sslMode, modes[value.lowercased()] ?? value, name)
        case "connect_timeout":
            guard let seconds = UInt16(value), (1...3600).contains(seconds) else { throw .value(parameter: name) }
            connectTimeout = .seconds(Int(seconds))
        default:
            // SQLAlchemy's URLs often say what is true anyway.
            if name == "client_encoding", ["utf8", "utf-8"].contains(value.lowercased()) { return }
            try set(PostgresSetting(named: name), value, name)
        }
    }

    private mutating func set(
        _ setting: PostgresSetting, _ value: String, _ name: String
    ) throws(PostgresURLError) {
        guard setting.accepts(value) else { throw .value(parameter: name) }
        guard settings.updateValue(value, forKey: setting) == nil else { throw .repeatedParameter(setting.rawValue) }
    }
}

/// A URL without its scheme, taken apart and not decoded yet.
private struct URLParts {
    var user: Substring?
    var password: Substring?
    var authority: Substring
    var path: Substring = ""
    var query: Substring = ""

    init(_ text: Substring) throws(PostgresURLError) {
        let end = text.firstIndex { "/?#".contains($0) } ?? text.endIndex
        authority = text[..<end]
        let rest = text[end...]
        // Whatever stands before an @ may be a piece of a password, so nothing of such a URL is looked at, or quoted.
        guard !rest.contains("@") else { throw .unescapedCredentials }
        guard !rest.contains("#") else { throw .fragment }

        if let at = authority.lastIndex(of: "@") {
            let credentials = authority[..<at]
            authority = authority[authority.index(after: at)...]
            let colon = credentials.firstIndex(of: ":")
            user = credentials[..<(colon ?? credentials.endIndex)]
            password = colon.map { credentials[credentials.index(after: $0)...] }
        }
        let mark = rest.firstIndex(of: "?") ?? rest.endIndex
        path = rest[..<mark].dropFirst()
        query = rest[mark...].dropFirst()
    }
}

private func percentDecoded(_ text: Substring, _ part: PostgresURLError.Part) throws(PostgresURLError) -> String {
    var octets: [UInt8] = []
    var rest = text.utf8[...]
    while let octet = rest.popFirst() {
        guard octet == UInt8(ascii: "%") else {
            octets.append(octet)
            continue
        }
        guard let high = rest.popFirst().flatMap(hexadecimalValue), let low = rest.popFirst().flatMap(hexadecimalValue)
        else { throw .encoding(part) }
        octets.append(high << 4 | low)
    }
    guard !octets.contains(0), let decoded = String(validating: octets, as: UTF8.self) else { throw .encoding(part) }
    return decoded
}

private func hexadecimalValue(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
}
