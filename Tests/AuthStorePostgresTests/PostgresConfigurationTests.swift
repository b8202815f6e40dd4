// SPDX-License-Identifier: Apache-2.0

import AuthStorePostgres
import Testing

@Suite("PostgreSQL configuration")
struct PostgresConfigurationTests {
    struct Accepted: CustomTestStringConvertible, Sendable {
        var url: String
        var hosts: [PostgresConfiguration.Host]
        var user: String?
        var password: String?
        var database: String
        var settings: [PostgresSetting: String] = [:]
        var testDescription: String { url }
    }

    static let accepted: [Accepted] = [
        Accepted(
            url: "postgresql://ada:secret@db.example:6432/auth",
            hosts: [.init(name: "db.example", port: 6432)], user: "ada", password: "secret", database: "auth"),
        Accepted(
            url: "postgres://ada@localhost/auth", hosts: [.init(name: "localhost")], user: "ada", database: "auth"),
        Accepted(
            url: "postgresql+asyncpg://u:p@h/d?ssl=require",
            hosts: [.init(name: "h")], user: "u", password: "p", database: "d", settings: [.sslMode: "require"]),
        Accepted(
            url: "postgresql+psycopg2://u:p@h/d?ssl=true",
            hosts: [.init(name: "h")], user: "u", password: "p", database: "d", settings: [.sslMode: "require"]),
        Accepted(
            url: "POSTGRESQL://u%40corp:p%2Fa%3Ass%23%3F%20w@h/d%C3%A4ta",
            hosts: [.init(name: "h")], user: "u@corp", password: "p/a:ss#? w", database: "däta"),
        Accepted(
            url: "postgresql://u:p+w:x@h/d", hosts: [.init(name: "h")], user: "u", password: "p+w:x", database: "d"),
        Accepted(
            url: "postgresql://u:p@w@h/d", hosts: [.init(name: "h")], user: "u", password: "p@w", database: "d"),
        Accepted(
            url: "postgresql:///d?host=/var/run/postgresql",
            hosts: [.init(name: "/var/run/postgresql")], database: "d"),
        Accepted(
            url: "postgresql://u@/d?host=%2Ftmp%2Fpg&port=5433",
            hosts: [.init(name: "/tmp/pg", port: 5433)], user: "u", database: "d"),
        Accepted(
            url: "postgresql://[::1]:5433,[2001:db8::1]/d",
            hosts: [.init(name: "::1", port: 5433), .init(name: "2001:db8::1")], database: "d"),
        Accepted(
            url: "postgresql://a:1,b:65535/d?target_session_attrs=read-write",
            hosts: [.init(name: "a", port: 1), .init(name: "b", port: 65535)], database: "d",
            settings: [.targetSessionAttributes: "read-write"]),
        Accepted(
            url: "postgresql://h/d?sslmode=verify-full&sslrootcert=/etc/ca.pem&sslcert=c&sslkey=k&application_name=x&"
                + "options=-c%20geqo%3Doff",
            hosts: [.init(name: "h")], database: "d",
            settings: [
                .sslMode: "verify-full", .sslRootCertificate: "/etc/ca.pem", .sslCertificate: "c", .sslKey: "k",
                .applicationName: "x", .options: "-c geqo=off",
            ]),
        Accepted(url: "postgresql:///d", hosts: [], database: "d"),
    ]

    @Test("reads every form of URL that is in use", arguments: accepted)
    func accepts(_ test: Accepted) throws {
        let configuration = try PostgresConfiguration(url: test.url)

        #expect(configuration.hosts == test.hosts)
        #expect(configuration.user == test.user)
        #expect(configuration.password == test.password.map(PostgresPassword.init))
        #expect(configuration.database == test.database)
        #expect(configuration.settings == test.settings)
    }

    struct Refused: CustomTestStringConvertible, Sendable {
        var url: String
        var error: PostgresURLError
        var testDescription: String { url }
    }

    static let refused: [Refused] = [
        Refused(url: "", error: .scheme),
        Refused(url: "mysql://h/d", error: .scheme),
        Refused(url: "postgresql:h/d", error: .scheme),
        Refused(url: "postgresql+evil://h/d", error: .scheme),
        Refused(url: "postgresql://h", error: .missingDatabase),
        Refused(url: "postgresql://h/", error: .missingDatabase),
        Refused(url: "postgresql://h/?host=x", error: .missingDatabase),
        Refused(url: "postgresql://u:pa/ss@h/d", error: .unescapedCredentials),
        Refused(url: "postgresql://u:pa?ss@h/d", error: .unescapedCredentials),
        Refused(url: "postgresql://u:pa#ss@h/d", error: .unescapedCredentials),
        Refused(url: "postgresql://u:1/a?s=x@h/d", error: .unescapedCredentials),
        Refused(url: "postgresql://u:%zz@h/d", error: .encoding(.password)),
        Refused(url: "postgresql://u:%4@h/d", error: .encoding(.password)),
        Refused(url: "postgresql://u:%00@h/d", error: .encoding(.password)),
        Refused(url: "postgresql://%FF@h/d", error: .encoding(.user)),
        Refused(url: "postgresql://h/%", error: .encoding(.database)),
        Refused(url: "postgresql://h/d?options=%", error: .encoding(.parameters)),
        Refused(url: "postgresql://a,,b/d", error: .host),
        Refused(url: "postgresql://[::1/d", error: .host),
        Refused(url: "postgresql://[::1]x/d", error: .host),
        Refused(url: "postgresql://h:/d", error: .port),
        Refused(url: "postgresql://h:0/d", error: .port),
        Refused(url: "postgresql://h:65536/d", error: .port),
        Refused(url: "postgresql://h:+1/d", error: .port),
        Refused(url: "postgresql://a,b/d?port=1,2,3", error: .port),
        Refused(url: "postgresql:///d?port=1", error: .host),
        Refused(url: "postgresql://h/d#x", error: .fragment),
        Refused(url: "postgresql://h/d?passfile=/x", error: .unknownParameter("passfile")),
        Refused(url: "postgresql://h/d?sslmode=maybe", error: .value(parameter: "sslmode")),
        Refused(url: "postgresql://h/d?ssl=maybe", error: .value(parameter: "ssl")),
        Refused(url: "postgresql://h/d?connect_timeout=0", error: .value(parameter: "connect_timeout")),
        Refused(url: "postgresql://h/d?connect_timeout=1e9", error: .value(parameter: "connect_timeout")),
        Refused(url: "postgresql://h/d?target_session_attrs=x", error: .value(parameter: "target_session_attrs")),
        Refused(url: "postgresql://h/d?sslmode=require&sslmode=disable", error: .repeatedParameter("sslmode")),
        Refused(url: "postgresql://h/d?sslmode=require&ssl=disable", error: .repeatedParameter("sslmode")),
    ]

    @Test("names the faulty part of any other", arguments: refused)
    func refuses(_ test: Refused) {
        let error = #expect(throws: PostgresURLError.self) { try PostgresConfiguration(url: test.url) }

        #expect(error == test.error)
    }

    @Test(
        "quotes nothing of a password in an error, wherever a reserved character cuts it",
        arguments: ["/", "?", "#", ":", "@", "%", "[", "&", "="])
    func errorsKeepSecrets(_ character: String) {
        for text in ["postgresql://u:hunter\(character)secret2@h/d", "postgresql://u:1\(character)secret2=3@h/d"] {
            do throws(PostgresURLError) {
                let configuration = try PostgresConfiguration(url: text)
                #expect(!"\(configuration)\(configuration.hosts)".contains("secret2"))
            } catch {
                #expect(!"\(error)\(String(reflecting: error))".contains("secret2"))
                #expect(!"\(error)\(String(reflecting: error))".contains("hunter"))
            }
        }
    }

    @Test("prints no password, in whatever way it is printed")
    func redaction() throws {
        let configuration = try PostgresConfiguration(url: "postgresql://ada:hunter2@[::1],h:1/d?options=hidden")
        var dumped = ""
        dump(configuration, to: &dumped)
        dump(configuration.password, to: &dumped)
        let printed = "\(configuration) \(String(reflecting: configuration)) \(configuration.password as Any) \(dumped)"

        #expect(configuration.description == "postgresql://ada@[::1]:5432,h:1/d")
        #expect(!printed.contains("hunter2"))
        #expect(!printed.contains("hidden"))
    }

    @Test("has the documented bounds by default")
    func defaults() throws {
        let configuration = try PostgresConfiguration(url: "postgresql://h/d?connect_timeout=7")

        #expect(configuration.pool == PoolLimits())
        #expect(configuration.pool.size == 5)
        #expect(configuration.pool.overflow == 10)
        #expect(configuration.pool.timeout == .seconds(30))
        #expect(configuration.pool.recycle == .seconds(3600))
        #expect(configuration.connectTimeout == .seconds(7))
    }
}
