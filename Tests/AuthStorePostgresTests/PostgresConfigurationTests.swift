// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AuthStorePostgres

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
            hosts: [.init(name: "::1", port: 5433), .init(name: "2001:db8::1")], database: "d",
            settings: [.targetSessionAttributes: "read-write"]),
        Accepted(
            url: "postgresql://a:1,b:2/d?target_session_attrs=any",
            hosts: [.init(name: "a", port: 1), .init(name: "b", port: 2)], database: "d",
            settings: [.targetSessionAttributes: "any"]),
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

    struct Parameter: CustomTestStringConvertible, Sendable {
        var name: String
        var value: String
        var testDescription: String { "\(name)=\(value)" }
    }

    /// What hosts of databases and other clients of libpq print into their URLs.
    static let parameters = [
        Parameter(name: "channel_binding", value: "require"), Parameter(name: "gssencmode", value: "prefer"),
        Parameter(name: "sslcrl", value: "/etc/crl.pem"), Parameter(name: "sslpassword", value: "hidden"),
        Parameter(name: "ssl_min_protocol_version", value: "TLSv1.3"), Parameter(name: "sslsni", value: "0"),
        Parameter(name: "keepalives", value: "1"), Parameter(name: "keepalives_idle", value: "60"),
        Parameter(name: "tcp_user_timeout", value: "9000"), Parameter(name: "passfile", value: "/etc/authd/pgpass"),
        Parameter(name: "requirepeer", value: "postgres"), Parameter(name: "krbsrvname", value: "pg"),
        Parameter(name: "target_session_attrs", value: "any"), Parameter(name: "options", value: "endpoint=ep-1"),
    ]

    @Test("passes on what libpq knows", arguments: parameters)
    func passesOn(_ parameter: Parameter) throws {
        let configuration = try PostgresConfiguration(url: "postgresql://h/d?\(parameter.name)=\(parameter.value)")

        #expect(configuration.settings == [try PostgresSetting(named: parameter.name): parameter.value])
    }

    @Test(
        "takes from the installed libpq which parameters there are, each of which is passed on or said to be reserved")
    func everyParameter() throws {
        let own = ["host", "hostaddr", "port", "user", "password", "dbname", "connect_timeout"]
        #expect(PostgresSetting.known.isSuperset(of: own))
        for name in PostgresSetting.known.subtracting(own) {
            do throws(PostgresURLError) {
                #expect(try PostgresSetting(named: name).rawValue == name)
            } catch {
                #expect(error == .reservedParameter(name))
                #expect(PostgresSetting.reserved[name] != nil)
            }
        }
    }

    @Test("names what libpq does not know in a sentence, with what to do instead where others print it")
    func sentences() {
        let prisma = PostgresURLError.unknownParameter("pgbouncer").description
        let unheard = PostgresURLError.unknownParameter("frobnicate").description
        let reserved = PostgresURLError.reservedParameter("client_encoding").description

        #expect(prisma.contains("parameter pgbouncer, which libpq ") && prisma.hasSuffix("set DB_POOLER=transaction."))
        #expect(unheard.contains("parameter frobnicate, which libpq ") && unheard.hasSuffix("does not know."))
        #expect(
            reserved == "The database URL has the parameter client_encoding, which cannot be set. Text is always UTF-8."
        )
    }

    @Test("reads role, password and database from parameters, and addresses beside names")
    func connectionParameters() throws {
        let cloud = try PostgresConfiguration(
            url: "postgresql:///?host=/cloudsql/one&dbname=auth&user=ada&password=hunter2&client_encoding=utf8")
        let pinned = try PostgresConfiguration(url: "postgresql://db.example:6432/d?hostaddr=192.0.2.7")

        #expect(cloud.hosts == [.init(name: "/cloudsql/one")])
        #expect(cloud.database == "auth" && cloud.user == "ada")
        #expect(cloud.password == PostgresPassword("hunter2"))
        #expect(cloud.settings.isEmpty)
        #expect(pinned.hosts == [.init(name: "db.example", port: 6432, address: "192.0.2.7")])
        #expect(!pinned.hosts[0].needsResolving)
    }

    struct Remoteness: CustomTestStringConvertible, Sendable {
        var host: PostgresConfiguration.Host
        var isRemote: Bool
        var testDescription: String { host.name }
    }

    @Test(
        "distinguishes this host from others",
        arguments: [
            Remoteness(host: .init(name: "/run/postgresql"), isRemote: false),
            Remoteness(host: .init(name: "localhost"), isRemote: false),
            Remoteness(host: .init(name: "127.0.0.2"), isRemote: false),
            Remoteness(host: .init(name: "::1"), isRemote: false),
            Remoteness(host: .init(name: "db.example", address: "127.0.0.1"), isRemote: false),
            Remoteness(host: .init(name: "db.example"), isRemote: true),
            Remoteness(host: .init(name: "10.0.0.7"), isRemote: true),
            Remoteness(host: .init(name: "localhost", address: "10.0.0.7"), isRemote: true),
        ])
    func remoteness(_ test: Remoteness) {
        #expect(test.host.isRemote == test.isRemote)
    }

    struct Commit: CustomTestStringConvertible, Sendable {
        var options: String
        var chosen: SynchronousCommit?
        var testDescription: String { options }
    }

    @Test(
        "recognises the commit options of the URL",
        arguments: [
            Commit(options: "-c geqo=off", chosen: nil), Commit(options: "-c synchronous_commit=off", chosen: .off),
            Commit(options: "-csynchronous_commit=local", chosen: .local),
            Commit(options: "--synchronous-commit=remote_write -c geqo=off", chosen: .remoteWrite),
            Commit(options: "-c synchronous_commit=off -c Synchronous_Commit=ON", chosen: .on),
            Commit(options: "-c synchronous_commit=maybe", chosen: nil),
            Commit(options: "-c application_name=synchronous_commit", chosen: nil),
        ])
    func synchronousCommit(_ test: Commit) {
        let configuration = PostgresConfiguration(database: "d", settings: [.options: test.options])

        #expect(configuration.chosenSynchronousCommit == test.chosen)
    }

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
        Refused(url: "postgresql://h/d?passfil=/x", error: .unknownParameter("passfil")),
        Refused(url: "postgresql://h/d?pgbouncer=true", error: .unknownParameter("pgbouncer")),
        Refused(url: "postgresql://h/d?client_encoding=latin1", error: .reservedParameter("client_encoding")),
        Refused(url: "postgresql://h/d?replication=database", error: .reservedParameter("replication")),
        Refused(url: "postgresql://h/d?service=x", error: .reservedParameter("service")),
        Refused(
            url: "postgresql://h/d?fallback_application_name=x",
            error: .reservedParameter("fallback_application_name")),
        Refused(url: "postgresql://h/d?channel_binding=maybe", error: .value(parameter: "channel_binding")),
        Refused(url: "postgresql://h/d?keepalives_idle=soon", error: .value(parameter: "keepalives_idle")),
        Refused(url: "postgresql://h/d?sslcrl=", error: .value(parameter: "sslcrl")),
        Refused(url: "postgresql://a,b/d?hostaddr=127.0.0.1", error: .addresses),
        Refused(url: "postgresql://a/d?hostaddr=b", error: .value(parameter: "hostaddr")),
        Refused(url: "postgresql://h/d?sslmode=maybe", error: .value(parameter: "sslmode")),
        Refused(url: "postgresql://h/d?ssl=maybe", error: .value(parameter: "ssl")),
        Refused(url: "postgresql://h/d?connect_timeout=0", error: .value(parameter: "connect_timeout")),
        Refused(url: "postgresql://h/d?connect_timeout=1e9", error: .value(parameter: "connect_timeout")),
        Refused(url: "postgresql://h/d?target_session_attrs=x", error: .value(parameter: "target_session_attrs")),
        Refused(url: "postgresql://h/d?sslmode=require&sslmode=disable", error: .repeatedParameter("sslmode")),
        Refused(url: "postgresql://h/d?sslmode=require&ssl=disable", error: .repeatedParameter("sslmode")),
    ]

    @Test("names the faulty part of an invalid URL", arguments: refused)
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
