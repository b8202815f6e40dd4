// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTP
import AuthHTTPServer
import AuthService
import AuthTokens
import Logging

extension Setting {
    /// Every setting, in the order of the reference.
    static let all: [Setting] = process + server + database + keys + tokens + users + mail + providers + supabase

    private static let process: [Setting] = [
        Setting(
            .environment, .process, .choice(DaemonConfiguration.Environment.allCases.map(\.rawValue)),
            default: "production",
            "In development there are probe routes, mails are written to a file, and requests for a reset or a "
                + "verification answer with the token to clients on the same host."
        ),
        Setting(
            .debug, .process, .flag, default: "false", "Logs at level `debug` if `LOG_LEVEL` is not set.",
            unsafeValues: "`true` in production."),
        Setting(
            .devAllowRemote, .process, .flag, default: "false",
            "Allows a development daemon to listen on an address that other hosts can reach."),
        Setting(
            .appName, .process, .text, default: "authd",
            "The name in mails, in the documentation pages and in the authentication realm; passwords built from it "
                + "are rejected."
        ),
        Setting(
            .appVersion, .process, .text, absence: "authd's version",
            "The version of your deployment, at most 64 printable ASCII characters: `/health`, the OpenAPI document and the "
                + "last line of a start show it.",
            unsafeValues: "A longer value, or other characters."),
        Setting(
            .logFormat, .process, .choice(LogFormat.allCases.map(\.rawValue)), default: "text",
            "The format of the log on standard error."),
        Setting(
            .logLevel, .process, .choice(Logger.Level.allCases.map(\.rawValue)),
            absence: "`info`, or `debug` with `DEBUG`", "The lowest level that is logged."),
        Setting(
            .logClientAddress, .process, .choice(LoggedClientAddress.allCases.map(\.rawValue)),
            default: LoggedClientAddress.full.rawValue,
            "How much of a client's address the log of requests has: `full`, by which fail2ban and an operator under attack "
                + "know whom to block; `network`, the /24 of an IPv4 and the /48 of an IPv6 address, where an address counts "
                + "as personal data that must not be kept; or `off`. The audit log has the address in any case."),
        Setting(
            .slowRequestMilliseconds, .process, .integer(0...600_000), default: "1000",
            "From how many milliseconds on a request is logged as slow, a warning with its route and its time; 0 for "
                + "never."),
    ]

    private static let server: [Setting] = [
        Setting(
            .host, .server, .text, default: "127.0.0.1", "The address or name to listen on.",
            unsafeValues: "In development, anything but loopback unless `DEV_ALLOW_REMOTE` is set."),
        Setting(
            .port, .server, .integer(0...65_535), default: "8000",
            "The port to listen on; 0 chooses a free one and logs it."),
        Setting(
            .publicURL, .server, .text, absence: "`http://localhost:PORT`",
            "The public address of the server: an absolute `https` or `http` URL."),
        Setting(
            .apiPrefix, .server, .text, default: "/api/v1",
            "A path prefix under which every route is served as well as at the root; `/` for none."),
        Setting(
            .allowedOrigins, .server, .list, absence: "no origin",
            "The origins, such as `https://app.example`, whose pages may read replies, and use the cookies of a "
                + "session where "
                + "they share a site with `PUBLIC_URL`.",
            unsafeValues: "`*`, because replies to an allowed origin carry credentials."),
        Setting(
            .trustedProxies, .server, .list, absence: "none",
            "The networks of trusted proxies, such as `10.0.0.0/8`: their peers may name the client's address.",
            unsafeValues: "A network of length 0, which trusts all peers."),
        Setting(
            .trustedProxyHeader, .server, .choice(ProxyTrust.Header.allCases.map(\.rawValue)),
            default: ProxyTrust.Header.xForwardedFor.rawValue,
            "The header in which a trusted proxy names the client's address."),
        Setting(
            .rateLimitEnabled, .server, .flag, default: "true",
            "Enables rate limiting (sign-in, registration, refresh, mail) and brute-force protection."),
        limit(
            .rateLimitSignIn, .signIn,
            "sign-ins and other requests with a password from one source, or sign-ins on one known device,"),
        limit(.rateLimitRegister, .register, "registrations from one source"),
        limit(.rateLimitRefresh, .refresh, "refreshes of one session, or with junk tokens from one source,"),
        limit(.rateLimitMail, .mail, "requests from one source that cause a mail"),
        limit(.rateLimitRedeem, .redeem, "tokens from mails presented by one source"),
        limit(.rateLimitPage, .page, "pages of mailed actions opened by one source"),
        limit(.rateLimitWrite, .write, "changes with an access token from one source"),
        limit(.rateLimitRead, .read, "requests for lists and records from one source"),
        Setting(
            .rateLimitMultipliers, .server, .list, absence: "no network",
            "Networks whose sources may send a multiple of that, from "
                + "\(RateMultipliers.factors.lowerBound) to \(RateMultipliers.factors.upperBound), because one "
                + "address stands "
                + "for many people there, such as an office or a carrier: `203.0.113.0/24=20,2001:db8::/32=8`. Of "
                + "several "
                + "networks around a source the smallest counts.",
            unsafeValues: "An IPv6 network longer than /\(RateMultipliers.longestIPv6Prefix), which is one source."),
        Setting(
            .docsEnabled, .server, .flag, default: "true", "Serves `/docs`, `/redoc` and `/openapi.json`."),
        Setting(
            .docsAssetsDir, .server, .text, absence: "the scripts come from a public CDN, pinned by digest",
            "A folder with the scripts of the documentation pages, read at the start: `swagger-ui-bundle.js` and "
                + "`swagger-ui.css` of the npm package `swagger-ui-dist`, and `redoc.standalone.js` of `redoc`."),
        Setting(
            .metricsEnabled, .server, .flag, default: "true",
            "Serves `/metrics`. Block the path for the public in the proxy."),
        Setting(
            .eventLoopThreads, .server, .integer(1...256), absence: "as many as processors may be used",
            "The number of threads that serve connections."),
        Setting(
            .maxConnectionsPerSource, .server, .integer(1...16_384),
            absence: "a quarter of the connections that are possible, but at least 64",
            "The maximum number of simultaneous connections of one source; one more is answered 503. A source is an "
                + "IPv4 address or the "
                + "/64 of an IPv6 address. Peers that `TRUSTED_PROXIES` names are not counted."),
        Setting(
            .shutdownDelaySeconds, .server, .integer(0...600), absence: "5 in production, 0 in development",
            "How long the daemon continues to serve after SIGTERM while `/health/database` answers 503, so that a "
                + "load balancer routes requests elsewhere."
        ),
        Setting(
            .shutdownGraceSeconds, .server, .integer(0...600), default: "20",
            "How long requests in flight may take to finish after the delay."),
    ]

    private static func limit(_ key: SettingKey, _ limitClass: LimitClass, _ what: String) -> Setting {
        let rule = RateLimits().rules[limitClass]
        return Setting(
            key, .server, .text, default: rule.map { RateLimitText.text($0) },
            "How many \(what) are admitted at once and, spread evenly, in each period: a count, a slash and a "
                + "time in seconds, minutes or hours, as `10/60s`, `10/1m` or `60/1h`. In development the default is "
                + "\(RateLimits.developmentFactor) times as many.",
            unsafeValues: RateLimitText.bounds)
    }

    /// The setting that names a file with the value of a secret.
    static func file(
        _ key: SettingKey, of secret: SettingKey, _ group: Group, isReadAgain: Bool = false
    ) -> Setting {
        Setting(
            key, group, .text, absence: "`\(secret.rawValue)`",
            "A file with the value of `\(secret.rawValue)`, as secret managers mount them."
                + (isReadAgain ? " SIGHUP makes the daemon read it again." : ""),
            unsafeValues: "Any, together with `\(secret.rawValue)`; a file that cannot be read, is empty, or that "
                + "others may read or change.")
    }

    private static let database: [Setting] = [
        Setting(
            .databaseURL, .database, .text, default: "sqlite:///./authd.db", confidentiality: .credentialsInURL,
            "`sqlite:///relative/path`, `sqlite:////absolute/path`, `postgresql://user:password@host/database`, or "
                + "`memory:` for a store that is lost at exit. The spellings of SQLAlchemy, such as "
                + "`postgresql+asyncpg://`, are read too."),
        file(.databaseURLFile, of: .databaseURL, .database),
        Setting(
            .databaseEcho, .database, .flag, default: "false",
            "Logs the text of every statement at level `debug`, whatever `LOG_LEVEL` is, and never a value. Slow; for "
                + "finding out what a request asks of the database."),
        Setting(
            .poolSize, .database, .integer(1...1_000), default: "5",
            "The size of the connection pool to PostgreSQL: connections that are kept open."),
        Setting(
            .poolOverflow, .database, .integer(0...1_000), default: "10",
            "The number of connections beyond the pool size, closed when idle."),
        Setting(
            .poolTimeout, .database, .integer(1...300), default: "30",
            "Seconds that a request waits for a connection before it is answered 503."),
        Setting(
            .poolRecycle, .database, .integer(10...86_400), default: "3600",
            "Seconds after which a pooled connection is replaced."),
        Setting(
            .pooler, .database, .choice(["none", "transaction"]), default: "none",
            "`transaction` where a pooler in transaction mode (PgBouncer, Supavisor on port 6543) stands in front of "
                + "PostgreSQL: nothing is then prepared or listened for."),
        Setting(
            .connectTimeout, .database, .integer(1...300), default: "10",
            "The timeout for connecting to PostgreSQL, in seconds."),
        Setting(
            .statementTimeout, .database, .integer(1...600), default: "30", "The timeout of a statement, in seconds."),
        Setting(
            .startTimeout, .database, .integer(0...3_600), absence: "30 in production, 0 in development",
            "Seconds for which `serve`, `migrate` and the other commands wait at the start for PostgreSQL to answer. A "
                + "wrong password, a missing database or role and a missing privilege are not waited for."),
        Setting(
            .auditHeadFile, .database, .text,
            absence:
                "beside the SQLite database, its name with `.audit-head` appended; with PostgreSQL `authd.audit-head` "
                + "in the working directory",
            "The file in which the daemon keeps the last signed head of the audit log, so that it notices after a restart "
                + "that the database was restored to an earlier state or that the end of the log was removed. One for "
                + "each daemon; `off` for none."),
        Setting(
            .auditRetentionDays, .database, .integer(0...36_500), default: "0",
            "The age in days at which the daemon removes audit events, once a day; with 0 it keeps them.",
            unsafeValues: "Less than `AUDIT_RETENTION_MINIMUM_DAYS`, unless it is 0."),
        Setting(
            .auditRetentionMinimumDays, .database, .integer(1...36_500), default: "90",
            "The number of days for which audit events are kept at least: neither the daemon nor `authd audit cut` removes "
                + "younger ones."),
    ]

    private static let keys: [Setting] = [
        Setting(
            .rootKeyFile, .keys, .text,
            absence: "beside the SQLite database, its name with `.key` appended; in development `authd.key`",
            "The file of the root key: 64 hexadecimal digits, as `openssl rand -hex 32` prints. The key seals the "
                + "secrets in the database. Created on the first run with SQLite and in development. Required in "
                + "production with "
                + "PostgreSQL.",
            unsafeValues: "A file that others may read, or that neither the process's user nor root owns."),
        Setting(
            .rootKey, .keys, .text, absence: "`ROOT_KEY_FILE`", confidentiality: .secret,
            "The root key itself, if a file is impractical.",
            unsafeValues: "An example, a repeated pattern, the same as `SECRET_KEY`."),
        Setting(
            .rootKeyPrevious, .keys, .list, absence: "none", confidentiality: .secret,
            "Earlier root keys, for reading what they sealed."),
        file(.rootKeyPreviousFile, of: .rootKeyPrevious, .keys),
        Setting(
            .algorithm, .keys, .choice(SignatureAlgorithm.allCases.map(\.rawValue)), default: "ES256",
            "How access tokens are signed. `HS256`, `HS384` and `HS512` use `SECRET_KEY`; for every other algorithm "
                + "authd generates keys, keeps them sealed in the database, rotates them and publishes them at "
                + "`/.well-known/jwks.json`."
        ),
        Setting(
            .secretKey, .keys, .text, absence: "required with `HS256`, `HS384` and `HS512`", confidentiality: .secret,
            "The secret that signs access tokens with those algorithms, and nothing else. Its bytes are used as they "
                + "are. With any other `ALGORITHM` it is not used, and the start logs that.",
            unsafeValues: "Shorter than 32 bytes (48 with `HS384`, 64 with `HS512`), an example, a repeated pattern."),
        file(.secretKeyFile, of: .secretKey, .keys),
        Setting(
            .secretKeyPrevious, .keys, .list, absence: "none", confidentiality: .secret,
            "Earlier values of `SECRET_KEY`, whose tokens are still accepted."),
        file(.secretKeyPreviousFile, of: .secretKeyPrevious, .keys),
        Setting(
            .keyRotationDays, .keys, .integer(0...3_650), default: "90",
            "The interval of automatic key rotation; with 0, only `authd key rotate` rotates the signing key."),
    ]

    private static let tokens: [Setting] = [
        Setting(
            .tokenIssuer, .tokens, .text, absence: "`PUBLIC_URL`",
            "The `iss` of every token: the same in every process."),
        Setting(.tokenAudience, .tokens, .text, absence: "`TOKEN_ISSUER`", "The `aud` of every access token."),
        Setting(
            .accessTokenMinutes, .tokens, .integer(1...1_440), default: "30", "The lifetime of an access token."),
        Setting(
            .refreshTokenDays, .tokens, .integer(1...3_650), default: "7",
            "How long a session may be idle before its refresh token expires."),
        Setting(
            .refreshGraceSeconds, .tokens, .integer(0...300), default: "10",
            "The grace period after a rotation in which the previous refresh token, as sent by a retry or a second "
                + "tab, gets the same answer again; 0 is strict: any second use revokes the session."
        ),
        Setting(
            .sessionMaxDays, .tokens, .integer(1...3_650), default: "90",
            "The maximum lifetime of a session, however often it is refreshed.",
            unsafeValues: "Fewer days than `REFRESH_TOKEN_EXPIRE_DAYS`."),
        Setting(
            .sessionLimitPerUser, .tokens, .integer(0...1_000), default: "0",
            "The maximum number of simultaneous sessions of one user; 0 for no limit."),
        Setting(
            .sessionLimitPolicy, .tokens, .choice(SessionLimit.Policy.allCases.map(\.rawValue)),
            default: SessionLimit.Policy.dropOldest.rawValue,
            "What happens at a sign-in beyond that limit: the oldest session is revoked, or the sign-in is rejected."),
        Setting(
            .recentSignInMinutes, .tokens, .integer(0...10_080), default: "15",
            "How long a sign-in or re-authentication counts as recent. Revoking other sessions needs a recent one, and so "
                + "does what a user without a password may not do with a token alone; 0 lifts it for revoking sessions, and "
                + "means 15 for the rest."
        ),
        Setting(
            .passwordResetHours, .tokens, .integer(1...72), default: "1",
            "The lifetime of a mailed password reset token."),
        Setting(
            .emailVerificationHours, .tokens, .integer(1...720), default: "24",
            "The lifetime of a mailed email verification token."),
        Setting(
            .tokenMetadata, .tokens, .choice(TokenMetadata.allCases.map(\.rawValue)),
            default: TokenMetadata.none.rawValue,
            "Which of a user's metadata access tokens carry, as the claims `app_metadata` and `user_metadata`. More than "
                + "1,024 bytes together are left out, which the log tells once a minute."),
        Setting(
            .revocationFeedStale, .tokens, .choice(["refuse", "accept"]), default: "refuse",
            "What happens to access tokens when revocations could not be read from the database for ten seconds: "
                + "answer 503, or accept the tokens until they expire."
        ),
        Setting(
            .changeFeedSecrets, .tokens, .list, absence: "none, and `/auth/changes` is closed",
            confidentiality: .secret,
            "The secrets with which other services follow revocations at `/auth/changes`; several, so that one can "
                + "be replaced without a gap.",
            unsafeValues: "Shorter than 32 bytes, an example, a repeated pattern, the same as `SECRET_KEY` or "
                + "`ROOT_KEY`."),
        file(.changeFeedSecretsFile, of: .changeFeedSecrets, .tokens, isReadAgain: true),
    ]

    private static let users: [Setting] = [
        Setting(
            .registration, .users, .choice(RegistrationMode.allCases.map(\.rawValue)),
            default: RegistrationMode.open.rawValue,
            "Who may register: any client; owners of an address of one of the `REGISTRATION_DOMAINS`, who verify it before they "
                + "can sign in; those alone whom an administrator or `authd user invite` has invited; or no client. Administrators "
                + "and `authd user create` make and invite users in any case."),
        Setting(
            .registrationDomains, .users, .list, absence: "required with `REGISTRATION=domains`",
            "The domains whose addresses may register, and to which users may change their address. Each is one name: "
                + "`example.com` does not cover `mail.example.com`. Users who exist keep their address. Implies "
                + "`REQUIRE_VERIFIED_EMAIL` with `REGISTRATION=domains`.",
            unsafeValues: "An entry that is no domain."),
        Setting(
            .verifyOnRegistration, .users, .flag, default: "true",
            "Mails a link that verifies the address to a user who registers, where mail can be sent. With "
                + "`REQUIRE_VERIFIED_EMAIL` it is mailed in any case."),
        Setting(
            .requireVerifiedEmail, .users, .flag, default: "false",
            "Lets users sign in only after their address is verified."),
        Setting(
            .registrationPrivacy, .users, .flag, default: "false",
            "Prevents user enumeration: registration and changes of address have the same answer whether the address "
                + "is taken or not, and the outcome is mailed. Implies `REQUIRE_VERIFIED_EMAIL`."
        ),
        Setting(
            .signInByMail, .users, .flag, default: "false",
            "Lets users sign in with a link or a code that is mailed to their address, without a password."),
        Setting(
            .unverifiedUserDays, .users, .integer(0...3_650), absence: "30 with `REQUIRE_VERIFIED_EMAIL`, otherwise 0",
            "The age in days at which the daemon removes users who registered, never verified their address and never signed "
                + "in; 0 for never. Users whom an administrator made, promoted or disabled stay.",
            unsafeValues: "A shorter time than `EMAIL_VERIFICATION_TOKEN_EXPIRE_HOURS`."),
        Setting(
            .identifierReuseDays, .users, .integer(0...3_650), default: "30",
            "For how many days after a user was deleted the username cannot be registered again, so that a stranger does not "
                + "appear under a known name; 0 for none. Administrators may give it to a user earlier."),
        Setting(
            .passwordComposition, .users, .choice(PasswordPolicy.Composition.allCases.map(\.rawValue)),
            default: "short",
            "Which new passwords need a digit and a symbol: those under 12 characters, all, or none."),
        Setting(
            .rolesFile, .users, .text, absence: "roles are defined by administrators and commands alone",
            "A JSON file of roles: `{\"roles\": [{\"name\": \"editor\", \"description\": \"Writes notes.\", \"permissions\": "
                + "[\"me\", \"notes\"]}]}`. It is read at the start and whenever it changes, and every daemon on the "
                + "database knows within a second. A role that it lists is changed only there; one that it lists no longer is "
                + "removed, unless users hold it.",
            unsafeValues:
                "A file that cannot be read, that every user of the host can change, or that has a malformed role."),
        Setting(
            .breachedPasswordsFile, .users, .text, absence: "common passwords alone are refused",
            "A list of breached passwords, in which new ones are looked up: SHA-1 digests in hexadecimal in "
                + "ascending order, "
                + "one a line, perhaps with `:` and a count, as \"Pwned Passwords\" is downloaded. It is not loaded, "
                + "and nothing "
                + "is asked over the network.",
            unsafeValues: "A file that cannot be read, or is not such a list."),
        Setting(
            .passwordHash, .users, .choice(["argon2id", "bcrypt"]), default: "argon2id",
            "The algorithm for new password hashes. Other hashes are replaced at the next sign-in."),
        Setting(
            .argon2MemoryKiB, .users, .integer(7_168...262_144), default: "19456",
            "The memory of one Argon2id hash. `HASH_THREADS` of them are computed at once."),
        Setting(
            .argon2Iterations, .users, .integer(1...16), default: "2", "The passes of Argon2id over its memory.",
            unsafeValues: "Together with the memory less than 5 passes over 7 MiB."),
        Setting(.bcryptCost, .users, .integer(10...16), default: "12", "The cost of bcrypt, a power of two."),
        Setting(
            .hashThreads, .users, .integer(1...256), absence: "as many as processors may be used",
            "The number of passwords that are hashed in parallel."),
        Setting(
            .hashQueue, .users, .integer(0...65_536), default: "256",
            "The number of sign-ins that may wait for hashing; one more is answered 503."),
    ]

    private static let mail: [Setting] = [
        Setting(
            .smtpHost, .mail, .text,
            absence: "no mail; in development the file `mail.log` beside the database",
            "The mail server. Without one in production, resets and verifications answer 503 and the start warns."),
        Setting(.smtpPort, .mail, .integer(1...65_535), default: "587", "The mail server's port."),
        Setting(.smtpUser, .mail, .text, absence: "no sign-in", "The user name at the mail server."),
        Setting(
            .smtpPassword, .mail, .text, absence: "no sign-in", confidentiality: .secret,
            "The password at the mail server.", unsafeValues: "Any, where it could cross a network without TLS."),
        file(.smtpPasswordFile, of: .smtpPassword, .mail, isReadAgain: true),
        Setting(
            .smtpSecurity, .mail, .choice(MailSecurity.allCases.map(\.rawValue)), default: "auto",
            "How the connection is protected. `auto` takes TLS on port 465, none on the same machine, STARTTLS if "
                + "offered "
                + "on port 25, and STARTTLS or nothing on every other port."),
        Setting(
            .smtpCAFile, .mail, .text, absence: "the system's authorities",
            "A PEM file of the certificate authorities for the mail server."),
        Setting(
            .emailsFromEmail, .mail, .text, absence: "required with `SMTP_HOST`", "The address that mail comes from."),
        Setting(.emailsFromName, .mail, .text, absence: "`APP_NAME`", "The name that mail comes from."),
        Setting(
            .passwordResetURL, .mail, .text, absence: "mails link to `/actions/reset` below `PUBLIC_URL`",
            "The application's page for choosing a new password, `https` or on the same machine. Mails link to it with the "
                + "token in the fragment (`#token=…`), which no server logs, and have the code beside it."),
        Setting(
            .emailVerificationURL, .mail, .text, absence: "mails link to `/actions/verify` below `PUBLIC_URL`",
            "The same for verifying an address."),
        Setting(
            .hostedPages, .mail, .flag, default: "true",
            "Serves the pages below `/actions` that the links of mails lead to. With `false` those are left out for which "
                + "`PASSWORD_RESET_URL` or `EMAIL_VERIFICATION_URL` names the application's page."),
        Setting(
            .mailLimitPerAddress, .mail, .text, default: MailLimitText.text(.standard),
            "How many mails of one kind strangers may have sent to one user, in an hour and in a day: `3/h,10/d`. Known devices, "
                + "live sessions and sign-ins with the right password have as many of their own. Beyond it no mail is sent, and "
                + "the newest link in the mailbox stays valid longer. Security notices are not limited.",
            unsafeValues: MailLimitText.bounds),
        Setting(
            .mailLimitPerDay, .mail, .integer(4...100_000_000), default: "10000",
            "How many mails are sent on request in 24 hours, to all users together. Half of them are kept for users who had "
                + "none in that time, and for known devices."),
        Setting(
            .disabledNotices, .mail, .list, absence: "every notice is mailed",
            "The security notices that are not mailed: "
                + MailTemplate.all.filter(\.canBeTurnedOff).map { "`\($0.name)`" }.joined(separator: ", ")
                + ". Other mails cannot be turned off."),
        Setting(
            .mailTemplatesDir, .mail, .text, absence: "the built-in words",
            "A folder of Mustache templates that replace built-in mails, in every language or in one."),
    ]
    private static let providers: [Setting] = [
        Setting(
            .providers, .providers, .list, absence: "none, and no user can sign in by a provider",
            "The identity providers by which users may sign in ([how](providers.md)), each by a name of small letters, digits "
                + "and hyphens, which stands in its routes and in the names of its settings: `google,github,corp`.",
            unsafeValues: "An entry that is no such name, a name twice, or more than 20."),
        Setting(
            .providerReturnTo, .providers, .list, absence: "the origin of `PUBLIC_URL`",
            "Where a sign-in by a provider may lead to: origins such as `https://app.example.com`, with every path below them, "
                + "and addresses of apps such as `com.example.app:/callback`, each as a whole.",
            unsafeValues: "An entry that is neither; `http` but for this machine."),
        Setting(
            .fetchAllowedNetworks, .providers, .list,
            absence: "public addresses alone; in development this machine too",
            "Networks of private use in which authd may reach identity providers, such as a Keycloak inside: `10.1.0.0/16`. "
                + "What is set aside otherwise, such as link-local addresses and the services of clouds there, stays closed.",
            unsafeValues: "An entry that is no network."),
    ]
}
