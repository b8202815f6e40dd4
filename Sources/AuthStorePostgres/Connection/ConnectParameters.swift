// SPDX-License-Identifier: Apache-2.0

import CLibPQ
import Glibc

/// What libpq is told when a connection is opened; of a keyword that stands twice, it takes the last.
struct ConnectParameters {
    private var pairs: [(keyword: String, value: String)] = []

    init(_ configuration: PostgresConfiguration, targets: [ConnectTarget]) {
        if !targets.isEmpty {
            add("host", targets.map(\.host).joined(separator: ","))
            add("port", targets.map { String($0.port) }.joined(separator: ","))
            if targets.contains(where: { !$0.address.isEmpty }) {
                add("hostaddr", targets.map(\.address).joined(separator: ","))
            }
        }
        add("dbname", configuration.database)
        if let user = configuration.user { add("user", user) }
        if let password = configuration.password { add("password", password.text) }
        add("client_encoding", "UTF8")
        add("fallback_application_name", configuration.programName)
        // A peer that vanished is noticed within about a minute, also by a connection that only listens.
        add("keepalives_idle", "30")
        add("keepalives_interval", "10")
        add("keepalives_count", "3")
        add("tcp_user_timeout", "60000")
        // Kerberos would be tried wherever its credentials happen to lie about.
        add("gssencmode", "disable")
        for (setting, value) in configuration.settings { add(setting.rawValue, value) }
    }

    private mutating func add(_ keyword: String, _ value: String) {
        pairs.append((keyword, value))
    }

    /// Begins to connect; `nil` only where memory is short.
    func start() -> OpaquePointer? {
        let keywords = pairs.map { strdup($0.keyword) }
        let values = pairs.map { strdup($0.value) }
        defer {
            for keyword in keywords { free(keyword) }
            for value in values {
                guard let value else { continue }
                // One of them is the password.
                explicit_bzero(value, strlen(value))
                free(value)
            }
        }
        guard !keywords.contains(nil), !values.contains(nil) else { return nil }
        let keywordList = keywords.map { UnsafePointer($0) } + [nil]
        let valueList = values.map { UnsafePointer($0) } + [nil]
        return PQconnectStartParams(keywordList, valueList, 0)
    }
}
