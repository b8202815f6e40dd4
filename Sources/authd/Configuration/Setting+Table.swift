// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTP
import AuthHTTPServer
import AuthTokens
import Logging

extension Setting {
    /// Every setting, in the order of the reference.
    static let all: [Setting] = process + server + database + keys + tokens + users + mail

    private static let process: [Setting] = [
        Setting(
            .environment, .process, .choice(DaemonConfiguration.Environment.allCases.map(\.rawValue)),
            default: "production",
            "In development there are probe routes, mails go to a file, and requests for a reset or a verification answer "
                + "with the token to a peer on the same machine."),
        Setting(
            .debug, .process, .flag, default: "false", "Logs at level `debug` where `LOG_LEVEL` is not set.",
            unsafeValues: "`true` in production."),
        Setting(
            .devAllowRemote, .process, .flag, default: "false",
            "Lets a development daemon listen on an address that other machines reach."),
        Setting(
            .appName, .process, .text, default: "authd",
            "The name in mails, in the documentation pages and in the authentication realm; passwords built from it are "
                + "refused."),
        Setting(
            .logFormat, .process, .choice(LogFormat.allCases.map(\.rawValue)), default: "text",
            "How a line of the log on standard error is written."),
        Setting(
            .logLevel, .process, .choice(Logger.Level.allCases.map(\.rawValue)),
            absence: "`info`, or `debug` with `DEBUG`", "The least level that is logged."),
    ]

    private static let server: [Setting] = [
        Setting(
            .host, .server, .text, default: "127.0.0.1", "The address or name to listen on.",
            unsafeValues: "In development, anything but loopback unless `DEV_ALLOW_REMOTE` is set."),
        Setting(
            .port, .server, .integer(0...65_535), default: "8000",
            "The port to listen on; 0 takes a free one, which the log names."),
        Setting(
            .publicURL, .server, .text, absence: "`http://localhost:PORT`",
            "The address under which clients reach the server: an absolute `https` or `http` URL."),
        Setting(
            .apiPrefix, .server, .text, default: "/api/v1",
            "A path under which every route is served besides the root; `/` for none."),
        Setting(
            .allowedOrigins, .server, .list, absence: "no origin",
            "The origins, such as `https://app.example`, whose pages may read replies, and use the cookies of a session where "
                + "they share a site with `PUBLIC_URL`.",
            unsafeValues: "`*`, because replies to an allowed origin carry credentials."),
        Setting(
            .trustedProxies, .server, .list, absence: "nobody",
            "The networks, such as `10.0.0.0/8`, whose peers are believed when they name the client.",
            unsafeValues: "A network of length 0, which believes everybody."),
        Setting(
            .trustedProxyHeader, .server, .choice(ProxyTrust.Header.allCases.map(\.rawValue)),
            default: ProxyTrust.Header.xForwardedFor.rawValue,
            "The one header in which a trusted proxy names the client."),
        Setting(
            .rateLimitEnabled, .server, .flag, default: "true",
            "Bounds how often one source may sign in, register, refresh and cause mail, and guessing at one user."),
        limit(
            .rateLimitSignIn, .signIn,
            "sign-ins and other requests with a password from one source, or sign-ins on one known device,"),
        limit(.rateLimitRegister, .register, "registrations from one source"),
        limit(.rateLimitRefresh, .refresh, "refreshes of one session, or with junk tokens from one source,"),
        limit(.rateLimitMail, .mail, "requests from one source that cause a mail"),
        limit(.rateLimitRedeem, .redeem, "tokens from mails presented by one source"),
        limit(.rateLimitWrite, .write, "changes with an access token from one source"),
        limit(.rateLimitRead, .read, "requests for lists and records from one source"),
        Setting(
            .rateLimitMultipliers, .server, .list, absence: "no network",
            "Networks whose sources may send a multiple of that, from "
                + "\(RateMultipliers.factors.lowerBound) to \(RateMultipliers.factors.upperBound), because one address stands "
                + "for many people there, such as an office or a carrier: `203.0.113.0/24=20,2001:db8::/32=8`. Of several "
                + "networks around a source the smallest counts.",
            unsafeValues: "An IPv6 network longer than /\(RateMultipliers.longestIPv6Prefix), which is one source."),
        Setting(
            .docsEnabled, .server, .flag, default: "true", "Serves `/docs`, `/redoc` and `/openapi.json`."),
        Setting(
            .docsAssetsDir, .server, .text, absence: "the scripts come from a public CDN, pinned by digest",
            "A folder with the scripts of the documentation pages, read at the start."),
        Setting(
            .metricsEnabled, .server, .flag, default: "true",
            "Serves `/metrics`. Keep the path from the public in the proxy."),
        Setting(
            .eventLoopThreads, .server, .integer(1...256), absence: "as many as processors may be used",
            "The threads that serve connections."),
        Setting(
            .maxConnectionsPerSource, .server, .integer(1...16_384),
            absence: "a quarter of the connections that are possible, but at least 64",
            "How many connections one source may have at a time; one more is answered 503. A source is an IPv4 address or the "
                + "/64 of an IPv6 address. Peers that `TRUSTED_PROXIES` names are not counted."),
        Setting(
            .shutdownDelaySeconds, .server, .integer(0...600), absence: "5 in production, 0 in development",
            "How long the daemon serves on after SIGTERM while `/health/database` answers 503, so that a balancer sends its "
                + "requests elsewhere."),
        Setting(
            .shutdownGraceSeconds, .server, .integer(0...600), default: "20",
            "How long requests in flight may take to finish after that."),
    ]

    private static func limit(_ key: SettingKey, _ limitClass: LimitClass, _ what: String) -> Setting {
        let rule = RateLimits().rules[limitClass]
        return Setting(
            key, .server, .text, default: rule.map { RateLimitText.text($0) },
            "How many \(what) are admitted at once and, spread evenly, in each period: a count, a slash and a "
                + "time in seconds, minutes or hours, as `10/60s`, `10/1m` or `60/1h`.",
            unsafeValues: RateLimitText.bounds)
    }

    private static let database: [Setting] = [
        Setting(
            .databaseURL, .database, .text, default: "sqlite:///./authd.db", confidentiality: .credentialsInURL,
            "`sqlite:///relative/path`, `sqlite:////absolute/path`, `postgresql://user:password@host/database`, or "
                + "`memory:` for a store that forgets everything. The spellings of SQLAlchemy, such as "
                + "`postgresql+asyncpg://`, are read too."),
        Setting(
            .poolSize, .database, .integer(1...1_000), default: "5", "Connections to PostgreSQL that are kept open."),
        Setting(
            .poolOverflow, .database, .integer(0...1_000), default: "10",
            "Connections beyond those, closed when they fall idle."),
        Setting(
            .poolTimeout, .database, .integer(1...300), default: "30",
            "Seconds for which a request waits for a connection before it is answered 503."),
        Setting(
            .poolRecycle, .database, .integer(10...86_400), default: "3600",
            "Seconds after which a connection is replaced."),
        Setting(
            .pooler, .database, .choice(["none", "transaction"]), default: "none",
            "`transaction` where a pooler in transaction mode (PgBouncer, Supavisor on port 6543) stands in front of "
                + "PostgreSQL: nothing is then prepared or listened for."),
        Setting(
            .connectTimeout, .database, .integer(1...300), default: "10",
            "Seconds for which connecting to PostgreSQL may take."),
        Setting(
            .statementTimeout, .database, .integer(1...600), default: "30", "Seconds for which a statement may run."),
        Setting(
            .startTimeout, .database, .integer(0...3_600), absence: "30 in production, 0 in development",
            "Seconds for which `serve`, `migrate` and the other commands wait at the start for PostgreSQL to answer. A "
                + "wrong password, a missing database or role and a missing privilege are not waited for."),
    ]

    private static let keys: [Setting] = [
        Setting(
            .rootKeyFile, .keys, .text,
            absence: "beside the SQLite database, its name with `.key` appended; in development `authd.key`",
            "A file of the root key: 64 hexadecimal digits, as `openssl rand -hex 32` prints. The key seals what is secret "
                + "in the database. Made on the first run with SQLite and in development. Required in production with "
                + "PostgreSQL.",
            unsafeValues: "A file that others may read, or that neither the process's user nor root owns."),
        Setting(
            .rootKey, .keys, .text, absence: "`ROOT_KEY_FILE`", confidentiality: .secret,
            "The root key itself, where a file is impractical.",
            unsafeValues: "An example, a repeated pattern, the same as `SECRET_KEY`."),
        Setting(
            .rootKeyPrevious, .keys, .list, absence: "none", confidentiality: .secret,
            "Earlier root keys, with which what they sealed can still be read."),
        Setting(
            .algorithm, .keys, .choice(SignatureAlgorithm.allCases.map(\.rawValue)), default: "ES256",
            "How access tokens are signed. `HS256`, `HS384` and `HS512` use `SECRET_KEY`; for every other one authd makes "
                + "keys, keeps them sealed in the database, rotates them and publishes them at `/.well-known/jwks.json`."
        ),
        Setting(
            .secretKey, .keys, .text, absence: "required with `HS256`, `HS384` and `HS512`", confidentiality: .secret,
            "The key that signs access tokens with those algorithms and does nothing else. Its bytes are used as they are. "
                + "Where `ALGORITHM` is not one of them the key is not used, and the start says so.",
            unsafeValues: "Shorter than 32 bytes (48 with `HS384`, 64 with `HS512`), an example, a repeated pattern."),
        Setting(
            .secretKeyPrevious, .keys, .list, absence: "none", confidentiality: .secret,
            "Earlier values of `SECRET_KEY`, whose tokens are still accepted."),
        Setting(
            .keyRotationDays, .keys, .integer(0...3_650), default: "90",
            "How long a signing key signs before its successor takes over; 0 rotates only by `authd key rotate`."),
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
            "How long a session may lie idle before its refresh token expires."),
        Setting(
            .refreshGraceSeconds, .tokens, .integer(0...300), default: "10",
            "For how long after a rotation the refresh token before is answered like the first time, as a retry or a "
                + "second tab sends it; 0 is strict: any second use ends the session."),
        Setting(
            .sessionMaxDays, .tokens, .integer(1...3_650), default: "90",
            "How long a session lives at most, however often it is refreshed.",
            unsafeValues: "Fewer days than `REFRESH_TOKEN_EXPIRE_DAYS`."),
        Setting(
            .sessionLimitPerUser, .tokens, .integer(0...1_000), default: "0",
            "How many sessions one user may have at once; 0 for any number."),
        Setting(
            .sessionLimitPolicy, .tokens, .choice(SessionLimit.Policy.allCases.map(\.rawValue)),
            default: SessionLimit.Policy.dropOldest.rawValue,
            "What happens to a sign-in beyond that: the session opened first ends, or the sign-in is refused."),
        Setting(
            .recentSignInMinutes, .tokens, .integer(0...10_080), default: "15",
            "How long after a sign-in its session may end other sessions of its user, without signing in again; 0 for as "
                + "long as it lives."),
        Setting(
            .passwordResetHours, .tokens, .integer(1...72), default: "1", "How long a mailed password reset is good."),
        Setting(
            .emailVerificationHours, .tokens, .integer(1...720), default: "24",
            "How long a mailed verification of an address is good."),
        Setting(
            .revocationFeedStale, .tokens, .choice(["refuse", "accept"]), default: "refuse",
            "What happens to access tokens when the database has not told of revocations for ten seconds: answer 503, or "
                + "accept them until they expire."),
        Setting(
            .changeFeedSecrets, .tokens, .list, absence: "nobody follows", confidentiality: .secret,
            "The secrets by which other services follow revocations at `/auth/changes`. Several, so that one can take "
                + "another's place without a gap.",
            unsafeValues: "Shorter than 32 bytes, an example, a repeated pattern, the same as `SECRET_KEY` or "
                + "`ROOT_KEY`."),
    ]

    private static let users: [Setting] = [
        Setting(
            .requireVerifiedEmail, .users, .flag, default: "false",
            "Lets a user sign in only once the address is proven."),
        Setting(
            .registrationPrivacy, .users, .flag, default: "false",
            "Answers every registration, and every change of one's address, alike, taken or not, and leaves the rest to "
                + "mail. Implies `REQUIRE_VERIFIED_EMAIL`."),
        Setting(
            .passwordComposition, .users, .choice(PasswordPolicy.Composition.allCases.map(\.rawValue)),
            default: "short",
            "Which new passwords need a digit and a symbol: those under 12 characters, all, or none."),
        Setting(
            .breachedPasswordsFile, .users, .text, absence: "common passwords alone are refused",
            "A file of breached passwords, in which new ones are looked up: SHA-1 digests in hexadecimal in ascending order, "
                + "one a line, perhaps with `:` and a count, as \"Pwned Passwords\" is downloaded. It is not loaded, and nothing "
                + "is asked over the network.",
            unsafeValues: "A file that cannot be read, or is not such a list."),
        Setting(
            .passwordHash, .users, .choice(["argon2id", "bcrypt"]), default: "argon2id",
            "How new passwords are hashed. A password hashed otherwise is hashed anew at its next sign-in."),
        Setting(
            .argon2MemoryKiB, .users, .integer(7_168...262_144), default: "19456",
            "The memory of one Argon2id hash. `HASH_THREADS` of them are computed at once."),
        Setting(
            .argon2Iterations, .users, .integer(1...16), default: "2", "The passes of Argon2id over its memory.",
            unsafeValues: "Together with the memory less than 5 passes over 7 MiB."),
        Setting(.bcryptCost, .users, .integer(10...16), default: "12", "The cost of bcrypt, a power of two."),
        Setting(
            .hashThreads, .users, .integer(1...256), absence: "as many as processors may be used",
            "How many passwords are hashed at once."),
        Setting(
            .hashQueue, .users, .integer(0...65_536), default: "256",
            "How many sign-ins may wait for that; one more is answered 503."),
    ]

    private static let mail: [Setting] = [
        Setting(
            .smtpHost, .mail, .text,
            absence: "no mail; in development the file `mail.log` beside the database",
            "The mail server. Without one in production, resets and verifications answer 503 and the start warns."),
        Setting(.smtpPort, .mail, .integer(1...65_535), default: "587", "The mail server's port."),
        Setting(.smtpUser, .mail, .text, absence: "no sign-in", "Who to sign in as at the mail server."),
        Setting(
            .smtpPassword, .mail, .text, absence: "no sign-in", confidentiality: .secret,
            "The password at the mail server.", unsafeValues: "Any, where it could cross a network without TLS."),
        Setting(
            .smtpSecurity, .mail, .choice(MailSecurity.allCases.map(\.rawValue)), default: "auto",
            "How the connection is protected. `auto` takes TLS on port 465, none on the same machine, STARTTLS if offered "
                + "on port 25, and STARTTLS or nothing on every other port."),
        Setting(
            .smtpCAFile, .mail, .text, absence: "the system's authorities",
            "A PEM file of authorities that may vouch for the mail server."),
        Setting(
            .emailsFromEmail, .mail, .text, absence: "required with `SMTP_HOST`", "The address that mail comes from."),
        Setting(.emailsFromName, .mail, .text, absence: "`APP_NAME`", "The name that mail comes from."),
        Setting(
            .passwordResetURL, .mail, .text, absence: "mails carry the code alone",
            "The application's page for choosing a new password, `https` or on the same machine. Mails link to it with the "
                + "code in the fragment (`#token=…`), which no server logs."),
        Setting(
            .emailVerificationURL, .mail, .text, absence: "mails carry the code alone",
            "The same for proving an address."),
        Setting(
            .mailTemplatesDir, .mail, .text, absence: "the built-in words",
            "A folder of Mustache files that replace some of the built-in mails."),
    ]
}
