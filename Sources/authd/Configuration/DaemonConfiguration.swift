// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthHTTP
import AuthHTTPServer
import AuthService
import AuthStorePostgres
import AuthStoreSQLite
import Logging

/// Everything that the settings decide, checked, in the types of the modules that need it.
struct DaemonConfiguration: Sendable {
    /// Whether the daemon runs in production or for a developer.
    enum Environment: String, CaseIterable, Hashable, Sendable {
        case production
        case development
    }

    /// Where users and sessions are stored.
    enum Database: Sendable {
        case memory
        case sqlite(SQLiteConfiguration)
        case postgres(PostgresConfiguration)
    }

    /// Where the root key comes from.
    enum RootKeySource: Sendable {
        /// The text of the key, checked.
        case given(RootKey)
        /// A file, which is made on the first run where `mayCreate` is set.
        case file(path: String, mayCreate: Bool)
        /// A key that ends with the process, for a store that does too.
        case ephemeral
    }

    var environment: Environment
    var appName: String
    var logFormat: LogFormat
    var logLevel: Logger.Level
    /// Whether the text of every statement is logged.
    var echoesStatements: Bool
    var server: ServerConfiguration
    /// How long the daemon serves on after SIGTERM, saying that it is not ready.
    var shutdownDelay: Duration
    var http: HTTPConfiguration
    var docsAssetsFolder: String?
    var database: Database
    /// How long a start waits for the database to answer.
    var databaseStartTimeout: Duration
    var rootKey: RootKeySource
    var previousRootKeys: [RootKey]
    /// The file of the last signed head of the audit log; `nil` for none.
    var auditHeadFile: String?
    var signing: TokenSigning
    var service: AuthSettings
    var hashing: HashingParameters
    var hashingPool: HashingPool.Configuration
    var rolesFile: String?
    var breachedPasswordsFile: String?
    var mail: MailConfiguration
    var providers: ProvidersConfiguration
    /// Sentences that the start logs.
    var warnings: [String]
}

extension DaemonConfiguration {
    /// Reads every setting.
    ///
    /// Pure: reads no file and asks nothing of the machine but ``HashingPool/availableProcessors``, which may be given.
    /// - Throws: Every problem at once.
    static func read(
        _ sources: SettingSources, processors: Int = HashingPool.availableProcessors
    ) throws(ConfigurationProblems) -> DaemonConfiguration {
        var reader = SettingReader(sources)
        let draft = reader.configuration(processors: processors)
        // Without a problem there is a draft: whatever could not be made was noted.
        guard reader.problems.isEmpty, var configuration = draft else {
            throw ConfigurationProblems(all: reader.problems)
        }
        configuration.warnings = reader.warnings
        return configuration
    }
}

extension SettingReader {
    fileprivate mutating func configuration(processors: Int) -> DaemonConfiguration? {
        let environment: DaemonConfiguration.Environment = word(.environment) ?? .production
        let isDebug = flag(.debug)
        if isDebug, environment == .production {
            refuse(
                .debug, "must not be set in production; set ENVIRONMENT=development, or LOG_LEVEL=debug for the log.")
        }
        let appName = appName()
        var server = server(environment, processors: processors)
        let shutdownDelay = optionalInteger(.shutdownDelaySeconds) ?? (environment == .production ? 5 : 0)
        var http = http(environment, appName: appName)
        http.localURL = Self.localURL(port: server.port)
        server.peersWithoutShare = http.proxies.networks
        let origin = http.publicURL ?? http.localURL
        let database = database()
        let databaseStartTimeout = databaseStartTimeout(environment)
        let echoesStatements = flag(.databaseEcho)
        let rootKey = rootKey(environment, database)
        let previousRootKeys = previousRootKeys()
        let auditHeadFile = auditHeadFile(database)
        let signing = signing()
        let hashing = hashingParameters()
        let mail = mail(
            environment, appName: appName, database,
            pageURL: http.publicURL ?? (environment == .development ? http.localURL : nil))
        let providers = providers(environment)
        var service = serviceSettings(issuer: origin, appName: appName)
        if let targets = returnTargets(origin: origin) { service.returnTargets = targets }
        supabase(environment, publicURL: http.publicURL, localURL: http.localURL, providers: providers, into: &service)
        let pool = HashingPool.Configuration(
            threads: optionalInteger(.hashThreads) ?? processors, queueLimit: integer(.hashQueue))
        warnInProduction(environment, http, database)
        if environment == .production, http.publicURL == nil, !providers.providers.isEmpty {
            warn(
                "PROVIDERS needs PUBLIC_URL: without it providers send browsers back to \(http.localURL); set the URL that "
                    + "browsers use.")
        }
        warnAboutDatabase(database, in: environment)
        warnAboutUnused(environment, database)
        guard let database, let rootKey, let signing, let hashing, let mail else { return nil }
        return DaemonConfiguration(
            environment: environment, appName: appName, logFormat: word(.logFormat) ?? .text,
            logLevel: optionalWord(.logLevel) ?? (isDebug ? .debug : .info), echoesStatements: echoesStatements,
            server: server,
            shutdownDelay: .seconds(shutdownDelay), http: http,
            docsAssetsFolder: text(.docsAssetsDir), database: database,
            databaseStartTimeout: databaseStartTimeout, rootKey: rootKey,
            previousRootKeys: previousRootKeys, auditHeadFile: auditHeadFile, signing: signing, service: service,
            hashing: hashing, hashingPool: pool, rolesFile: text(.rolesFile),
            breachedPasswordsFile: text(.breachedPasswordsFile), mail: mail, providers: providers, warnings: [])
    }

    /// The case of an enumeration whose raw values the table lists.
    mutating func word<Word: RawRepresentable>(_ key: SettingKey) -> Word? where Word.RawValue == String {
        Word(rawValue: choice(key))
    }

    /// As ``word(_:)``; also `nil` where none is given.
    mutating func optionalWord<Word: RawRepresentable>(_ key: SettingKey) -> Word? where Word.RawValue == String {
        optionalChoice(key).flatMap(Word.init)
    }

    private mutating func appName() -> String {
        let name = text(.appName) ?? "authd"
        if name.utf8.count > 64 || name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            refuse(.appName, "is longer than 64 bytes or has control characters; shorten it, or type it anew.")
        }
        return name
    }

    /// What stands for `PUBLIC_URL` where that is not set.
    static func localURL(port: Int) -> String {
        port == 0 ? "http://localhost" : "http://localhost:\(port)"
    }

    private mutating func serviceSettings(issuer: String, appName: String) -> AuthSettings {
        let refreshDays = integer(.refreshTokenDays)
        let sessionDays = integer(.sessionMaxDays)
        if sessionDays > 0, sessionDays < refreshDays {
            refuse(
                .sessionMaxDays,
                "is less than REFRESH_TOKEN_EXPIRE_DAYS: no session would live that long; lower that, or raise this.")
        }
        let sessionsPerUser = integer(.sessionLimitPerUser)
        let limitPolicy: SessionLimit.Policy = word(.sessionLimitPolicy) ?? .dropOldest
        var passwords = PasswordPolicy(composition: word(.passwordComposition) ?? .short)
        if appName.lowercased() != "authd" { passwords.productWords.append(appName) }
        var settings = AuthSettings(
            issuer: claim(.tokenIssuer) ?? issuer, audience: claim(.tokenAudience),
            sessions: SessionPolicy(
                accessTokenLifetime: .seconds(60 * integer(.accessTokenMinutes)),
                refreshTokenLifetime: .seconds(86_400 * refreshDays), absoluteLifetime: .seconds(86_400 * sessionDays),
                refreshGrace: .seconds(integer(.refreshGraceSeconds))),
            sessionLimit: sessionsPerUser > 0 ? SessionLimit(perUser: sessionsPerUser, policy: limitPolicy) : nil,
            passwords: passwords, requiresVerifiedEmail: flag(.requireVerifiedEmail),
            preventsEnumeration: flag(.registrationPrivacy), verifiesOnRegistration: flag(.verifyOnRegistration),
            passwordResetLifetime: .seconds(3_600 * integer(.passwordResetHours)),
            emailVerificationLifetime: .seconds(3_600 * integer(.emailVerificationHours)),
            acceptsTokensOnSilentFeed: choice(.revocationFeedStale) == "accept")
        settings.limitsPasswordAttempts = flag(.rateLimitEnabled)
        settings.changeFeedSecrets = changeFeedSecrets()
        settings.hasRolesFile = text(.rolesFile) != nil
        settings.tokenMetadata = word(.tokenMetadata) ?? .none
        settings.registration = registrationPolicy()
        if let age = abandonedRegistrationAge() { settings.abandonedRegistrationAge = age }
        let reuseDays = integer(.identifierReuseDays)
        settings.usernameReservation = reuseDays > 0 ? .seconds(86_400 * reuseDays) : nil
        settings.disabledNotices = disabledNotices()
        settings.signsInByMail = flag(.signInByMail)
        settings.mailBudget = mailBudget()
        let mailsPerDay = integer(.mailLimitPerDay)
        settings.mailDayLimit = flag(.rateLimitEnabled) ? MailDayLimit(Int64(mailsPerDay)) : nil
        settings.auditRetention = auditRetention()
        let recentMinutes = integer(.recentSignInMinutes)
        settings.recentSignIn = recentMinutes > 0 ? .seconds(60 * recentMinutes) : nil
        return settings
    }

    /// The text of a claim, which other programs compare octet by octet.
    private mutating func claim(_ key: SettingKey) -> String? {
        guard let text = text(key) else { return nil }
        if text.utf8.count > 2_048 || !text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
            refuse(key, "has blanks or characters outside of ASCII; write a URL such as https://id.example.com.")
        }
        return text
    }

    private mutating func hashingParameters() -> HashingParameters? {
        let memory = integer(.argon2MemoryKiB)
        let iterations = integer(.argon2Iterations)
        let cost = integer(.bcryptCost)
        // What is no number within its bounds was noted, and has no product to speak of.
        guard memory > 0, iterations > 0, cost > 0 else { return nil }
        do throws(PasswordHashError) {
            return choice(.passwordHash) == "bcrypt"
                ? try .bcrypt(cost: cost) : try .argon2id(memoryKiB: memory, iterations: iterations)
        } catch {
            // The bounds of each were checked, so it is their product.
            refuse(
                .argon2Iterations,
                "is too few passes over \(memory) KiB: less than 5 over 7 MiB can be guessed at; raise it, or "
                    + "ARGON2_MEMORY_KIB.")
            return nil
        }
    }

    private mutating func warnInProduction(
        _ environment: DaemonConfiguration.Environment, _ http: HTTPConfiguration,
        _ database: DaemonConfiguration.Database?
    ) {
        if case .memory = database {
            warn(
                "DATABASE_URL is memory: everything is forgotten when the daemon stops; name a file or PostgreSQL to keep it."
            )
        }
        guard environment == .production else { return }
        if http.publicURL == nil, !isGiven(.tokenIssuer) {
            warn("PUBLIC_URL is not set: tokens name a local address as their issuer; set the URL that clients use.")
        }
        if let url = http.publicURL, url.utf8.starts(with: "http://".utf8), let host = WebAddress(url)?.host,
            !Self.isLoopback(host.filter { $0 != "[" && $0 != "]" })
        {
            warn(
                "PUBLIC_URL is http in production: passwords and tokens cross the network in the clear, and browsers refuse "
                    + "the cookies of cookie mode; serve through a proxy with TLS, and write https.")
        }
        if http.publicURL?.utf8.starts(with: "https://".utf8) == true, http.proxies.networks.isEmpty {
            warn(
                "TRUSTED_PROXIES is empty although PUBLIC_URL is https, which a proxy must serve: all clients behind it "
                    + "count as one source; name the proxy's address, such as 127.0.0.1.")
        }
        if !isGiven(.smtpHost) {
            warn("SMTP_HOST is not set: resetting passwords and proving addresses answer 503; name a mail server.")
        }
    }
}
