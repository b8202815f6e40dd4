// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthDelivery
import AuthHTTP
import AuthHTTPServer
import AuthService
import AuthTokens
import Logging
import Testing

@testable import authd

@Suite("Configuration from settings")
struct DaemonConfigurationTests {
    @Test("without any setting it is for production, on loopback, with SQLite in the working directory")
    func defaults() throws {
        let configuration = try DaemonConfiguration.read([:])

        #expect(configuration.environment == .production)
        #expect(configuration.server.host == "127.0.0.1")
        #expect(configuration.server.port == 8_000)
        #expect(configuration.server.eventLoopThreads == 4)
        #expect(configuration.server.drainTimeout == .seconds(20))
        #expect(configuration.database.displayName == "sqlite:///./authd.db")
        #expect(configuration.rootKey.path == "./authd.db.key")
        #expect(configuration.http.prefix == "/api/v1")
        #expect(configuration.http.publicURL == nil)
        #expect(configuration.http.allowedOrigins == [])
        #expect(configuration.http.proxies == ProxyTrust())
        #expect(configuration.http.limits.isEnabled)
        #expect(!configuration.http.isDevelopment)
        #expect(configuration.hashing == .standard)
        #expect(configuration.hashingPool.threads == 4)
        #expect(configuration.hashingPool.queueLimit == 256)
        #expect(configuration.logFormat == .text)
        #expect(configuration.logLevel == .info)
        #expect(configuration.http.version == Version.text)
        #expect(configuration.http.loggedClientAddress == .full)
        #expect(configuration.http.slowRequest == .seconds(1))
        #expect(!configuration.echoesStatements)
        #expect(configuration.service.issuer == "http://localhost:8000")
        #expect(configuration.service.audience == "http://localhost:8000")
        #expect(configuration.service.sessions == SessionPolicy())
        #expect(configuration.service.sessionLimit == nil)
        #expect(configuration.service.passwords.composition == .short)
        #expect(configuration.service.passwordResetLifetime == .seconds(3_600))
        #expect(configuration.service.emailVerificationLifetime == .seconds(86_400))
        #expect(configuration.signing.summary == "ES256, rotated every 90 days")
        #expect(configuration.mail.displayName == "none")
    }

    @Test("every setting arrives where it belongs")
    func everything() throws {
        let configuration = try DaemonConfiguration.read([
            "ENVIRONMENT": "Production", "APP_NAME": "Copper Kettle", "LOG_FORMAT": "JSON", "LOG_LEVEL": "warning",
            "APP_VERSION": "2026.11-rc1", "LOG_CLIENT_ADDRESS": "Network", "SLOW_REQUEST_MILLISECONDS": "250",
            "DATABASE_ECHO": "on",
            "HOST": "::1", "PORT": "65535", "PUBLIC_URL": "https://id.example/auth/", "API_V1_PREFIX": "/v2",
            "ALLOWED_ORIGINS": "https://a.example, https://b.example:8443", "TRUSTED_PROXIES": "10.0.0.0/8,::1",
            "TRUSTED_PROXY_HEADER": "x-real-ip", "RATE_LIMIT_ENABLED": "no", "DOCS_ENABLED": "off",
            "DOCS_ASSETS_DIR": "/srv/docs", "METRICS_ENABLED": "0", "EVENT_LOOP_THREADS": "2",
            "MAX_CONNECTIONS_PER_SOURCE": "100", "SHUTDOWN_DELAY_SECONDS": "7",
            "SHUTDOWN_GRACE_SECONDS": "5", "TOKEN_AUDIENCE": "https://api.example", "ACCESS_TOKEN_EXPIRE_MINUTES": "5",
            "REFRESH_TOKEN_EXPIRE_DAYS": "2", "REFRESH_TOKEN_GRACE_SECONDS": "0", "SESSION_MAX_DAYS": "3",
            "SESSION_LIMIT_PER_USER": "4", "SESSION_LIMIT_POLICY": "refuse",
            "PASSWORD_RESET_TOKEN_EXPIRE_HOURS": "2", "EMAIL_VERIFICATION_TOKEN_EXPIRE_HOURS": "3",
            "REVOCATION_FEED_STALE": "accept", "REQUIRE_VERIFIED_EMAIL": "YES", "PASSWORD_COMPOSITION": "off",
            "PASSWORD_HASH": "bcrypt", "BCRYPT_COST": "11", "HASH_THREADS": "3", "HASH_QUEUE": "0",
            "KEY_ROTATION_DAYS": "0", "ALGORITHM": "eddsa", "MAIL_TEMPLATES_DIR": "/srv/mail",
            "PASSWORD_RESET_URL": "https://app.example/reset", "EMAIL_VERIFICATION_URL": "http://localhost:3000/verify",
        ])

        #expect(configuration.environment == .production)
        #expect(configuration.logFormat == .json)
        #expect(configuration.logLevel == .warning)
        #expect(configuration.http.version == "2026.11-rc1")
        #expect(configuration.http.loggedClientAddress == .network)
        #expect(configuration.http.slowRequest == .milliseconds(250))
        #expect(configuration.echoesStatements)
        #expect(configuration.server.host == "::1")
        #expect(configuration.server.port == 65_535)
        #expect(configuration.server.eventLoopThreads == 2)
        #expect(configuration.server.maximumConnectionsPerSource == 100)
        #expect(configuration.server.peersWithoutShare == ["10.0.0.0/8", "::1"].compactMap { IPNetwork($0) })
        #expect(configuration.shutdownDelay == .seconds(7))
        #expect(configuration.server.drainTimeout == .seconds(5))
        #expect(configuration.http.appName == "Copper Kettle")
        #expect(configuration.http.publicURL == "https://id.example/auth")
        #expect(configuration.http.localURL == "http://localhost:65535")
        #expect(configuration.http.prefix == "/v2")
        #expect(configuration.http.allowedOrigins == ["https://a.example", "https://b.example:8443"])
        #expect(configuration.http.proxies.networks == ["10.0.0.0/8", "::1/128"].compactMap { IPNetwork($0) })
        #expect(configuration.http.proxies.header == .xRealIP)
        #expect(!configuration.http.limits.isEnabled)
        #expect(!configuration.http.exposesDocumentation)
        #expect(!configuration.http.exposesMetrics)
        #expect(configuration.docsAssetsFolder == "/srv/docs")
        #expect(configuration.service.issuer == "https://id.example/auth")
        #expect(configuration.service.audience == "https://api.example")
        #expect(
            configuration.service.sessions
                == SessionPolicy(
                    accessTokenLifetime: .seconds(300), refreshTokenLifetime: .seconds(172_800),
                    absoluteLifetime: .seconds(259_200), refreshGrace: .zero))
        #expect(configuration.service.sessionLimit == SessionLimit(perUser: 4, policy: .refuse))
        #expect(configuration.service.passwordResetLifetime == .seconds(7_200))
        #expect(configuration.service.emailVerificationLifetime == .seconds(10_800))
        #expect(configuration.service.acceptsTokensOnSilentFeed)
        #expect(configuration.service.requiresVerifiedEmail)
        #expect(configuration.service.passwords.composition == .off)
        #expect(configuration.service.passwords.productWords == ["authd", "Copper Kettle"])
        #expect(configuration.hashing.cost == .bcrypt(.keyedDigest, cost: 11))
        #expect(configuration.hashingPool.threads == 3)
        #expect(configuration.hashingPool.queueLimit == 0)
        #expect(configuration.signing.summary == "EdDSA, rotated on demand")
        #expect(configuration.mail.templatesFolder == "/srv/mail")
        #expect(configuration.mail.passwordResetLink != nil)
        #expect(configuration.mail.emailVerificationLink != nil)
    }

    @Test("the shared-secret algorithms sign with SECRET_KEY", arguments: ["HS256", "hs256"])
    func sharedSecret(algorithm: String) throws {
        let configuration = try DaemonConfiguration.read([
            "ALGORITHM": algorithm, "SECRET_KEY": Secrets.strong, "SECRET_KEY_PREVIOUS": Secrets.otherRootKey,
        ])
        #expect(configuration.signing.summary == "HS256, 1 previous")
    }

    @Test("SECRET_KEY without ALGORITHM is not used, and the start says so")
    func unusedSecret() throws {
        let configuration = try DaemonConfiguration.read(["SECRET_KEY": Secrets.strong])
        #expect(configuration.signing.summary == "ES256, rotated every 90 days")
        let warning = try #require(configuration.warnings.first { $0.hasPrefix("SECRET_KEY") })
        #expect(warning.contains("ALGORITHM=HS256"))
        #expect(!warning.contains(Secrets.strong))
    }

    @Test("DEBUG in development lowers the log's level unless that is set")
    func debug() throws {
        #expect(try DaemonConfiguration.read(["ENVIRONMENT": "development", "DEBUG": "1"]).logLevel == .debug)
        let both = ["ENVIRONMENT": "development", "DEBUG": "1", "LOG_LEVEL": "error"]
        #expect(try DaemonConfiguration.read(both).logLevel == .error)
    }

    @Test("each of several secrets opens the change feed, and without a secret it is closed")
    func changeFeedSecrets() throws {
        let both = ["CHANGE_FEED_SECRETS": "\(Secrets.strong), \(Secrets.otherRootKey)"]
        let secrets = try DaemonConfiguration.read(both).service.changeFeedSecrets
        #expect(secrets.contains(Secrets.strong) && secrets.contains(Secrets.otherRootKey))
        #expect(!secrets.contains(both["CHANGE_FEED_SECRETS"] ?? ""))
        #expect(!(try DaemonConfiguration.read([:]).service.changeFeedSecrets.contains("")))
    }

    @Test("REGISTRATION_PRIVACY requires verified addresses")
    func registrationPrivacy() throws {
        let service = try DaemonConfiguration.read(["REGISTRATION_PRIVACY": "true"]).service
        #expect(service.preventsEnumeration)
        #expect(service.requiresVerifiedEmail)
    }

    @Test("REGISTRATION says who may register, and a list of domains requires verified addresses")
    func registration() throws {
        func service(_ variables: Variables) throws -> AuthSettings { try DaemonConfiguration.read(variables).service }
        #expect(try service([:]).registration == .open)
        #expect(try service(["REGISTRATION": "Closed"]).registration == .closed)
        #expect(try service(["REGISTRATION": "invitation"]).registration == .invitation)
        let list = ["REGISTRATION": "domains", "REGISTRATION_DOMAINS": "Example.com, b\u{FC}cher.example"]
        let domains = Set([try DomainName("example.com"), try DomainName("xn--bcher-kva.example")])
        #expect(try service(list).registration == .domains(domains))
        #expect(try service(list).requiresVerifiedEmail)
        #expect(try service(["REGISTRATION_DOMAINS": "example.com"]).registration == .open)
    }

    @Test(
        "unverified users are removed after thirty days where addresses must be verified, else when the setting says so"
    )
    func unverifiedUsers() throws {
        func days(_ variables: Variables) throws -> Int64? {
            try DaemonConfiguration.read(variables).service.abandonedRegistrationAge.map {
                $0.components.seconds / 86_400
            }
        }
        #expect(try days([:]) == nil)
        #expect(try days(["REQUIRE_VERIFIED_EMAIL": "true"]) == 30)
        #expect(try days(["REQUIRE_VERIFIED_EMAIL": "true", "UNVERIFIED_USER_DAYS": "0"]) == nil)
        #expect(try days(["UNVERIFIED_USER_DAYS": "7"]) == 7)
        #expect(try days(["REGISTRATION": "domains", "REGISTRATION_DOMAINS": "example.com"]) == 30)
        let computed = try DaemonConfiguration.read(["REGISTRATION_PRIVACY": "true"]).computedSettings
        #expect(computed[.unverifiedUserDays] == "30")
    }

    @Test("the other settings of registration reach the service")
    func registrationDetails() throws {
        let plain = try DaemonConfiguration.read([:]).service
        #expect(plain.verifiesOnRegistration && plain.usernameReservation == .seconds(30 * 86_400))
        let other = try DaemonConfiguration.read(
            ["VERIFY_ON_REGISTRATION": "no", "IDENTIFIER_REUSE_DAYS": "0"]
        ).service
        #expect(!other.verifiesOnRegistration && other.usernameReservation == nil)
    }

    @Test("the issuer is TOKEN_ISSUER, else the public address, else a local one")
    func issuer() throws {
        let both = ["TOKEN_ISSUER": "urn:example:auth", "PUBLIC_URL": "https://id.example"]
        #expect(try DaemonConfiguration.read(both).service.issuer == "urn:example:auth")
        let one = ["PUBLIC_URL": "https://id.example"]
        #expect(try DaemonConfiguration.read(one).service.issuer == "https://id.example")
        #expect(try DaemonConfiguration.read(["PORT": "0"]).service.issuer == "http://localhost")
    }

    @Test("in production the start warns of features that will not work and data that will be lost")
    func warnings() throws {
        let bare = try DaemonConfiguration.read(["DATABASE_URL": "memory:"]).warnings
        #expect(bare.map { $0.prefix { $0 != " " } } == ["DATABASE_URL", "PUBLIC_URL", "SMTP_HOST"])
        var complete = [
            "PUBLIC_URL": "https://id.example", "SMTP_HOST": "mail.example", "EMAILS_FROM_EMAIL": "auth@example.com",
        ]
        #expect(try DaemonConfiguration.read(complete).warnings.map { $0.prefix { $0 != " " } } == ["TRUSTED_PROXIES"])
        complete["TRUSTED_PROXIES"] = "127.0.0.1/32"
        #expect(try DaemonConfiguration.read(complete).warnings == [])
        #expect(try DaemonConfiguration.read(["ENVIRONMENT": "development"]).warnings == [])
    }

    @Test(
        "yes and no have four spellings each, in any case",
        arguments: [("true", true), ("YES", true), ("on", true), ("1", true), ("False", false), ("no", false)]
            + [("OFF", false), ("0", false)])
    func booleans(text: String, value: Bool) throws {
        #expect(try DaemonConfiguration.read(["METRICS_ENABLED": text]).http.exposesMetrics == value)
    }
}

@Suite("Mail settings")
struct MailSettingsTests {
    private let required = ["SMTP_HOST": "mail.example", "EMAILS_FROM_EMAIL": "auth@example.com"]

    private func smtp(_ variables: Variables) throws -> SMTPConfiguration {
        let all = required.merging(variables) { _, given in given }
        let destination = try DaemonConfiguration.read(all).mail.destination
        guard case .smtp(let smtp) = destination else { throw UnexpectedDestination(destination: destination) }
        return smtp
    }

    private struct UnexpectedDestination: Error {
        let destination: MailConfiguration.Destination
    }

    @Test("a host and a sender are enough")
    func minimum() throws {
        let smtp = try smtp(["APP_NAME": "Copper Kettle"])
        #expect(smtp.host == "mail.example")
        #expect(smtp.port == 587)
        #expect(smtp.credentials == nil)
        #expect(smtp.fromName == "Copper Kettle")
        #expect(smtp.certificateAuthorities == nil)
    }

    @Test("everything arrives where it belongs")
    func everything() throws {
        let smtp = try smtp([
            "SMTP_PORT": "465", "SMTP_USER": "ada", "SMTP_PASSWORD": "engine notes", "SMTP_CA_FILE": "/srv/ca.pem",
            "SMTP_SECURITY": "TLS", "EMAILS_FROM_NAME": "The Kettle",
        ])
        #expect(smtp.port == 465)
        #expect(smtp.credentials != nil)
        #expect(smtp.security == .implicitTLS)
        #expect(smtp.fromName == "The Kettle")
        #expect(smtp.certificateAuthorities == "/srv/ca.pem")
    }

    @Test("with a password, TLS is required on another machine whatever the port")
    func credentialsNeedTLS() throws {
        let smtp = try smtp(["SMTP_PORT": "25", "SMTP_USER": "ada", "SMTP_PASSWORD": "engine notes"])
        #expect(smtp.security == .startTLS)
    }

    @Test("without a host, a developer's mail goes to a file beside the database")
    func developersFile() throws {
        let variables = ["ENVIRONMENT": "development", "DATABASE_URL": "sqlite:////srv/authd/users.db"]
        #expect(try DaemonConfiguration.read(variables).mail.displayName == "/srv/authd/mail.log")
        #expect(try DaemonConfiguration.read(["ENVIRONMENT": "development"]).mail.displayName == "./mail.log")
    }
}

extension DaemonConfiguration.RootKeySource {
    /// The file that the key is read from.
    var path: String? {
        guard case .file(let path, _) = self else { return nil }
        return path
    }
}

extension TokenSigning {
    /// How tokens are signed, in words.
    var summary: String {
        switch self {
        case .stored(let algorithm, let period):
            let rotation = period.map { "every \($0.components.seconds / 86_400) days" } ?? "on demand"
            return "\(algorithm.rawValue), rotated \(rotation)"
        case .shared(let key, let previous):
            return "\(key.algorithm.rawValue), \(previous.count) previous"
        }
    }
}
