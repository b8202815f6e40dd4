// SPDX-License-Identifier: Apache-2.0

import AuthCrypto
import AuthDelivery
import Glibc

extension MisconfigurationExamples {
    /// Settings that contradict no other one, and that name no file, address or server: their kind says what is wrong.
    static let independent: [SettingKey] = [
        .environment, .logFormat, .logLevel, .logClientAddress, .slowRequestMilliseconds, .databaseEcho,
        .rateLimitEnabled, .docsEnabled, .metricsEnabled, .eventLoopThreads,
        .maxConnectionsPerSource, .shutdownDelaySeconds, .shutdownGraceSeconds, .statementTimeout,
        .auditRetentionMinimumDays, .accessTokenMinutes, .refreshGraceSeconds, .sessionLimitPerUser,
        .recentSignInMinutes, .passwordResetHours, .emailVerificationHours, .tokenMetadata, .revocationFeedStale,
        .registrationPrivacy, .signInByMail,
        .passwordComposition, .passwordHash, .hashThreads, .hashQueue, .identifierReuseDays,
    ]

    static let server: [(SettingKey, MisconfigurationExamples)] = [
        (.debug, .init(conflicting: [.init("true")])),
        (.devAllowRemote, .init(conflicting: [.init("true")])),
        (
            .appName,
            .init(junk: [.init("Copper\tKettle")], outOfRange: [.init(String(repeating: "Kettle ", count: 10))])
        ),
        (
            .appVersion,
            .init(junk: [.init("1.0 beta")], outOfRange: [.init(String(repeating: "1.0.", count: 20))])
        ),
        (
            .host,
            .init(
                junk: [.init("not a host")], conflicting: [.init("0.0.0.0", with: [.environment: "development"])],
                unreachable: [
                    .init(
                        "192.0.2.1",
                        ListenFault(host: "192.0.2.1", port: 8_000, code: EADDRNOTAVAIL, reason: "").sentence)
                ])
        ),
        (
            .port,
            .init(unreachable: [
                .init("8000", ListenFault(host: "127.0.0.1", port: 8_000, code: EADDRINUSE, reason: "").sentence),
                .init("80", ListenFault(host: "127.0.0.1", port: 80, code: EACCES, reason: "").sentence),
            ])
        ),
        (
            .publicURL,
            .init(
                junk: [.init("ftp://id.example.com"), .init("https://ada@id.example.com")],
                near: [.init("id.example.com")],
                conflicting: [.init("http://id.example.com"), .init("https://id.example.com")])
        ),
        (.apiPrefix, .init(junk: [.init("api")], conflicting: [.init("/auth")])),
        (
            .allowedOrigins,
            .init(
                junk: [.init("null"), .init("*")],
                near: [
                    .init("https://app.example.com/"), .init("app.example.com"), .init(#"["https://app.example.com"]"#),
                ])
        ),
        (
            .trustedProxies,
            .init(
                junk: [.init("proxy.internal")], outOfRange: [.init("10.0.0.0/33"), .init("0.0.0.0/0")],
                near: [.init("10.0.0.1/8")])
        ),
        (.trustedProxyHeader, .init(conflicting: [.init("X-Real-IP")])),
        (.rateLimitSignIn, limit), (.rateLimitRegister, limit), (.rateLimitRefresh, limit), (.rateLimitMail, limit),
        (.rateLimitRedeem, limit), (.rateLimitPage, limit), (.rateLimitWrite, limit), (.rateLimitRead, limit),
        (
            .rateLimitMultipliers,
            .init(
                junk: [.init("the office")], outOfRange: [.init("203.0.113.0/24=0"), .init("2001:db8::/96=8")],
                conflicting: [.init("203.0.113.0/24=20", with: [.rateLimitEnabled: "false"])])
        ),
        (
            .docsAssetsDir,
            .init(
                conflicting: [.init("/srv/docs", with: [.docsEnabled: "false"])],
                unreachable: [.init("/nonexistent/docs", DocumentationFolder.sentence("/nonexistent/docs"))],
                takesAnyText: true)
        ),
    ]

    private static let limit = MisconfigurationExamples(
        junk: [.init("often")], outOfRange: [.init("0/60s")],
        conflicting: [.init("7/90s", with: [.rateLimitEnabled: "false"])])

    static let database: [(SettingKey, MisconfigurationExamples)] = [
        (
            .databaseURL,
            .init(
                junk: [.init("mysql://db/authd"), .init("postgresql://db")], near: [.init("sqlite://authd.db")],
                conflicting: [.init("memory:")],
                unreachable: [
                    .init("sqlite:////nonexistent/authd.db", DatabaseFolder.missing("/nonexistent")),
                    .init(
                        "postgresql://authd@127.0.0.1:1/authd",
                        with: [.environment: "development", .startTimeout: "0"],
                        "DATABASE_URL postgresql://authd@127.0.0.1:1/authd does not answer (Connection refused): start the "
                            + "server, or correct host and port."),
                ])
        ),
        (.databaseURLFile, file(of: .databaseURL, "memory:")),
        (.poolSize, .init(conflicting: [.init("10")])),
        (.poolOverflow, .init(conflicting: [.init("20")])),
        (.poolTimeout, .init(conflicting: [.init("5")])),
        (.poolRecycle, .init(conflicting: [.init("600")])),
        (.pooler, .init(conflicting: [.init("transaction")])),
        (.connectTimeout, .init(conflicting: [.init("5")])),
        (.startTimeout, .init(conflicting: [.init("60")])),
        (
            .auditHeadFile,
            .init(
                conflicting: [.init("/var/lib/authd/head", with: [.databaseURL: "memory:"])],
                unreachable: [
                    .init("/nonexistent/head", outcome: .warns, AuditHeadFile.unwritable("/nonexistent/head", ENOENT))
                ],
                takesAnyText: true)
        ),
        (.auditRetentionDays, .init(conflicting: [.init("30")])),
    ]

    static let keys: [(SettingKey, MisconfigurationExamples)] = [
        (
            .rootKeyFile,
            .init(
                conflicting: [
                    .init(missingWith: .databaseURL, "postgresql://authd@db/authd"),
                    .init("root.key", with: [.rootKey: drawn]),
                ],
                unreachable: [
                    .init(
                        "/nonexistent/root.key",
                        with: [.databaseURL: "postgresql://authd@127.0.0.1:1/authd", .startTimeout: "0"],
                        RootKeyFileError.missing("/nonexistent/root.key").sentence),
                    .init("/etc/authd/root.key", RootKeyFileError.exposed("/etc/authd/root.key").sentence),
                    .init("/etc/authd/root.key", RootKeyFileError.foreignOwner("/etc/authd/root.key").sentence),
                    .init("/etc/authd/root.key", RootKeyFileError.malformed("/etc/authd/root.key").sentence),
                    .init(
                        "/etc/authd/root.key",
                        RootKeyFileError.unreadable("/etc/authd/root.key", code: EACCES).sentence),
                ], takesAnyText: true)
        ),
        (
            .rootKey,
            .init(
                junk: [.init("0123")], outOfRange: [.init(drawn + "b3")],
                conflicting: [.init(drawn, with: [.rootKeyFile: "root.key"])])
        ),
        (.rootKeyPrevious, .init(junk: [.init("0123")])),
        (.rootKeyPreviousFile, file(of: .rootKeyPrevious, drawn)),
        (.secretKeyFile, file(of: .secretKey, drawn)),
        (.secretKeyPreviousFile, file(of: .secretKeyPrevious, drawn)),
        (.changeFeedSecretsFile, file(of: .changeFeedSecrets, drawn)),
        (.algorithm, .init(conflicting: [.init("HS256")])),
        (
            .secretKey,
            .init(
                junk: [.init("your-secret-key-here"), .init("CHANGEME")],
                outOfRange: [.init("kR7#mP2$vN9!", with: [.algorithm: "HS256"])],
                conflicting: [.init(drawn), .init(missingWith: .algorithm, "HS256")])
        ),
        (.secretKeyPrevious, .init(junk: [.init("CHANGEME")], conflicting: [.init(drawn)])),
        (.keyRotationDays, .init(conflicting: [.init("30", with: [.algorithm: "HS256", .secretKey: drawn])])),
        (.tokenIssuer, .init(junk: [.init("my service")])),
        (.tokenAudience, .init(junk: [.init("my service")])),
        (
            .changeFeedSecrets,
            .init(
                junk: [.init("CHANGEME")], outOfRange: [.init("6f1d2b9e4c7a8053")],
                conflicting: [.init(drawn, with: [.secretKey: drawn])])
        ),
    ]

    /// Drawn once with `openssl rand -hex 32`, and public since.
    static let drawn = "6f1d2b9e4c7a8053e2d1c4b7a6958f30214365870a9c8b7d6e5f40312c3d4e5f"

    static let users: [(SettingKey, MisconfigurationExamples)] = [
        (.refreshTokenDays, .init(conflicting: [.init("100")])),
        (.sessionMaxDays, .init(conflicting: [.init("3")])),
        (.sessionLimitPolicy, .init(conflicting: [.init("refuse")])),
        (.registration, .init(conflicting: [.init("domains")])),
        (
            .registrationDomains,
            .init(
                junk: [.init("no domain", with: [.registration: "domains"])],
                near: [
                    .init("@example.com", with: [.registration: "domains"]),
                    .init("*.example.com", with: [.registration: "domains"]),
                ],
                conflicting: [.init("example.com")])
        ),
        (.verifyOnRegistration, .init(conflicting: [.init("false", with: [.requireVerifiedEmail: "true"])])),
        (
            .requireVerifiedEmail,
            .init(
                conflicting: [
                    .init("false", with: [.registrationPrivacy: "true"]),
                    .init("false", with: [.registration: "domains", .registrationDomains: "example.com"]),
                ])
        ),
        (
            .unverifiedUserDays,
            .init(conflicting: [.init("1", with: [.emailVerificationHours: "72"])])
        ),
        (
            .rolesFile,
            .init(
                unreachable: [
                    .init(
                        "/nonexistent/roles.json",
                        DaemonConfiguration.rolesFile(
                            "/nonexistent/roles.json", "cannot be read: \(FileContents.reason(ENOENT))"))
                ], takesAnyText: true)
        ),
        (
            .breachedPasswordsFile,
            .init(
                unreachable: [
                    .init(
                        "/nonexistent/list.txt",
                        DaemonConfiguration.breachedPasswords(
                            "/nonexistent/list.txt", "cannot be opened: \(FileContents.reason(ENOENT))")),
                    .init("/dev/null", DaemonConfiguration.breachedPasswords("/dev/null", "is no file, or is empty")),
                ], takesAnyText: true)
        ),
        (.argon2MemoryKiB, .init(conflicting: [.init("32768", with: [.passwordHash: "bcrypt"])])),
        (
            .argon2Iterations,
            .init(
                conflicting: [
                    .init("1"), .init("3", with: [.passwordHash: "bcrypt"]),
                ])
        ),
        (.bcryptCost, .init(conflicting: [.init("13")])),
    ]

    static let mail: [(SettingKey, MisconfigurationExamples)] = [
        (
            .smtpHost,
            .init(
                junk: [.init("mail example", with: [.emailsFromEmail: sender])],
                near: [.init("mail.example.com:587", with: [.emailsFromEmail: sender])],
                unreachable: [
                    .init(
                        "mail.example", with: [.emailsFromEmail: sender], outcome: .warns,
                        fault(.unknownHost(diagnostic: unknown))),
                    .init(
                        "127.0.0.1", with: [.smtpPort: "1", .emailsFromEmail: sender], outcome: .warns,
                        fault(.unreachable(diagnostic: "Connection refused"), "127.0.0.1:1")),
                    .init(
                        "mail.example", with: [.emailsFromEmail: sender], outcome: .warns,
                        fault(.silent(diagnostic: "no answer in time"))),
                    .init(
                        "mail.example", with: [.emailsFromEmail: sender], outcome: .warns,
                        fault(.certificate(diagnostic: "certificate verify failed"))),
                ])
        ),
        (
            .smtpPort,
            .init(
                conflicting: [
                    .init("465", with: [.smtpSecurity: "starttls", .smtpHost: host, .emailsFromEmail: sender]),
                    .init("25"),
                ])
        ),
        (
            .smtpUser,
            .init(
                junk: [.init("ada\n", with: [.smtpPassword: "p", .smtpHost: host, .emailsFromEmail: sender])],
                conflicting: [
                    .init("ada", with: [.smtpHost: host, .emailsFromEmail: sender]),
                    .init(missingWith: .smtpPassword, "p", and: [.smtpHost: host, .emailsFromEmail: sender]),
                    .init("ada"),
                ],
                unreachable: [
                    .init(
                        "ada", with: [.smtpPassword: "p", .smtpHost: host, .emailsFromEmail: sender], outcome: .warns,
                        fault(.signIn(diagnostic: "Login denied")))
                ])
        ),
        (
            .smtpPassword,
            .init(
                junk: [.init("p\n", with: [.smtpUser: "ada", .smtpHost: host, .emailsFromEmail: sender])],
                conflicting: [
                    .init(
                        "p", with: [.smtpUser: "ada", .smtpSecurity: "none", .smtpHost: host, .emailsFromEmail: sender])
                ])
        ),
        (.smtpPasswordFile, file(of: .smtpPassword, "p")),
        (
            .smtpSecurity,
            .init(
                conflicting: [.init("tls", with: [.smtpHost: host, .emailsFromEmail: sender]), .init("tls")],
                unreachable: [
                    .init(
                        "starttls", with: [.smtpHost: host, .emailsFromEmail: sender], outcome: .warns,
                        fault(.tls(diagnostic: "STARTTLS not supported")))
                ])
        ),
        (
            .smtpCAFile,
            .init(
                conflicting: [.init("/etc/authd/ca.pem")],
                unreachable: [
                    .init(
                        "/nonexistent/ca.pem", with: [.smtpHost: host, .emailsFromEmail: sender],
                        MailConfiguration.authorities("/nonexistent/ca.pem", FileContents.reason(ENOENT)))
                ], takesAnyText: true)
        ),
        (
            .emailsFromEmail,
            .init(
                junk: [.init("support", with: [.smtpHost: host])],
                conflicting: [.init(missingWith: .smtpHost, host), .init(sender)])
        ),
        (
            .emailsFromName,
            .init(
                junk: [.init("Copper\tKettle", with: [.smtpHost: host, .emailsFromEmail: sender])],
                conflicting: [.init("Kettle")])
        ),
        (
            .passwordResetURL,
            .init(junk: [.init("http://app.example.com/reset")], near: [.init("app.example.com/reset")])
        ),
        (
            .emailVerificationURL,
            .init(junk: [.init("http://app.example.com/verify")], near: [.init("app.example.com/verify")])
        ),
        (.hostedPages, .init(conflicting: [.init("false")])),
        (
            .mailLimitPerAddress,
            .init(
                junk: [.init("often")], outOfRange: [.init("0/h,10/d"), .init("5/h,4/d")],
                conflicting: [.init("4/h,12/d", with: [.rateLimitEnabled: "false"])])
        ),
        (.mailLimitPerDay, .init(conflicting: [.init("500", with: [.rateLimitEnabled: "false"])])),
        (.disabledNotices, .init(junk: [.init("everything")], near: [.init("refresh_reuse")])),
        (
            .mailTemplatesDir,
            .init(
                unreachable: [
                    .init(
                        "/nonexistent/mail", MailConfiguration.templates(.unreadableFolder(path: "/nonexistent/mail")))
                ], takesAnyText: true)
        ),
    ]

    static let providers: [(SettingKey, MisconfigurationExamples)] = [
        (
            .providers,
            .init(
                junk: [.init("Google Inc.")], outOfRange: [.init("google,google")],
                near: [.init("Google"), .init("my_corp")], conflicting: [.init("google")])
        ),
        (
            .providerReturnTo,
            .init(
                junk: [.init("http://app.example.com")], near: [.init("app.example.com")],
                conflicting: [.init("https://app.example.com")])
        ),
        (
            .fetchAllowedNetworks,
            .init(
                junk: [.init("the office")], outOfRange: [.init("10.0.0.0/33"), .init("0.0.0.0/0")],
                near: [.init("10.1.0.1/16")], conflicting: [.init("10.1.0.0/16")])
        ),
    ]

    /// The examples of a setting that names a file with a secret.
    static func file(of secret: SettingKey, _ value: String) -> MisconfigurationExamples {
        let path = "/nonexistent/secret"
        func sentence(_ error: SecretFileError) -> String {
            "\(secret.rawValue)_FILE \(error.predicate(path))"
        }
        return MisconfigurationExamples(
            conflicting: [.init(path, with: [secret: value])],
            unreachable: [
                .init(path, sentence(.unreadable(code: ENOENT))), .init(path, sentence(.exposed)),
                .init(path, sentence(.foreignOwner)), .init(path, sentence(.empty)),
            ], takesAnyText: true)
    }

    private static let host = "mail.example"
    private static let sender = "auth@example.com"
    private static let unknown = "Could not resolve host: mail.example"

    private static func fault(_ fault: SMTPServerFault, _ server: String = "mail.example:587") -> String {
        MailConfiguration.sentence(fault, server) ?? ""
    }
}
