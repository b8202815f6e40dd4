// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthDelivery
import AuthHTTP
import AuthService
import AuthStore
import AuthStorePostgres
import AuthStoreSQL
import AuthStoreSQLite
import Logging

/// The service put together from a configuration, with its database open and its schema known.
struct Daemon: Sendable {
    let configuration: DaemonConfiguration
    let service: AuthService
    private let database: OpenDatabase
    private let hashingPool: HashingPool
    private let mailer: (any MailSending)?
    /// `nil` without an identity provider.
    private let providerFetcher: ProviderFetcher?

    /// Opens what is read alone, then the database, sees to its schema, finds the root key and starts the service.
    ///
    /// `echo` gets the text of every statement.
    ///
    /// - Throws: Sentences; nothing is left open then.
    init(
        _ configuration: DaemonConfiguration, for purpose: OpeningPurpose, logger: Logger, echo: Logger? = nil
    ) async throws(CommandFailure) {
        let events = ServiceEventLog(logger)
        let breached = try configuration.openBreachedPasswords()
        // Before a start waits for the database.
        if purpose == .serving { _ = try configuration.readRolesFile() }
        if let sentence = configuration.lostDatabase { throw CommandFailure(.configuration, sentence) }
        try configuration.requireRootKey()
        let database = try await OpenDatabase.prepared(configuration, for: purpose, echo: echo) {
            events.record($0)
        } tell: { sentence in
            // Of a command that a person types, the log is quiet.
            guard logger.logLevel <= .warning else { return OpenDatabase.tellOperator(sentence) }
            logger.warning("waiting for the database", metadata: ["reason": "\(sentence)"])
        }
        do throws(CommandFailure) {
            let rootKey = try RootKeyAccess(configuration, for: purpose)
            let mailer = try configuration.mail.makeMailer(appName: configuration.appName)
            let fetcher = try ProviderFetcher(configuration.providers)
            let (pool, service) = try Self.makeService(
                configuration, store: database.store, rootKey: rootKey.key, breached: breached, mailer: mailer,
                providerTransport: fetcher, events: events)
            do throws(CommandFailure) {
                try await Self.start(service, rootKey: rootKey, configuration)
            } catch {
                await pool.shutdown()
                fetcher?.close()
                throw error
            }
            self.configuration = configuration
            providerFetcher = fetcher
            self.service = service
            self.mailer = mailer
            self.database = database
            hashingPool = pool
        } catch {
            await database.store.close()
            throw error
        }
    }

    /// Sentences about privileges of the database's role that a daemon does not need; none in development.
    func excessPrivileges() async -> [String] {
        guard configuration.environment == .production, let postgres = database.postgres,
            let role = try? await postgres.rolePrivileges()
        else { return [] }
        return role.sentences
    }

    /// One sentence where the mail server does not let the daemon in; takes ``SettingsCheck/mailTimeout`` at most.
    func mailServerFault() async -> String? {
        guard let mailer = mailer as? SMTPMailer else { return nil }
        return await configuration.mail.fault(of: mailer)
    }

    /// Releases everything, finishing what is under way within the bounds of each part.
    func close() async {
        (mailer as? SMTPMailer)?.close()
        providerFetcher?.close()
        await hashingPool.shutdown()
        await database.store.close()
    }

    /// The product and version of the database; `nil` where there is none to ask.
    func databaseVersion() async -> String? { await database.serverVersion() }

    /// The time by the database's clock; `nil` where it has none of its own.
    func databaseTime() async throws(StoreError) -> Timestamp? { try await database.store.storeTime() }

    /// The connections to the database now; `nil` for a store in memory.
    var databasePool: DatabasePool? { database.pool }

    /// Puts a secret of a newly read configuration to use.
    ///
    /// - Returns: Whether that is possible while the daemon serves.
    func replace(_ secret: SettingKey, by configuration: DaemonConfiguration) -> Bool {
        if secret == .changeFeedSecrets {
            service.changeFeed.replaceSecrets(by: configuration.service.changeFeedSecrets)
            return true
        }
        if secret == .smtpPassword, case .smtp(let smtp) = configuration.mail.destination,
            let mailer = mailer as? SMTPMailer
        {
            mailer.replaceConfiguration(by: smtp)
            return true
        }
        return false
    }

    private static func makeService(
        _ configuration: DaemonConfiguration, store: any AuthStore, rootKey: RootKey,
        breached: BreachedPasswordFile?, mailer: (any MailSending)?, providerTransport: ProviderFetcher?,
        events: ServiceEventLog
    ) throws(CommandFailure) -> (HashingPool, AuthService) {
        do throws(CryptoError) {
            let pool = try HashingPool(configuration: configuration.hashingPool)
            var parts = AuthService.Configuration(
                settings: configuration.service, store: store,
                hashing: PooledPasswordHasher(pool: pool, parameters: configuration.hashing),
                rootKeys: RootKeys(current: rootKey, previous: configuration.previousRootKeys),
                signing: configuration.signing)
            parts.breachedPasswords = breached.map { PooledBreachedPasswords(pool: pool, file: $0) }
            parts.mailer = mailer
            parts.providers = configuration.providers.providers
            parts.providerTransport = providerTransport
            parts.auditHeads = configuration.auditHeads
            parts.observe = { events.record($0) }
            return (pool, try AuthService(parts))
        } catch {
            throw CommandFailure(.failed, "The system refused memory, threads or descriptors.")
        }
    }

    private static func start(
        _ service: AuthService, rootKey: RootKeyAccess, _ configuration: DaemonConfiguration
    ) async throws(CommandFailure) {
        do throws(StartError) {
            try await service.start()
        } catch {
            switch error {
            case .failed(let error):
                throw CommandFailure(error)
            case .storeFailed(let error):
                throw CommandFailure(error)
            case .schemaPending, .newerSchema, .alteredSchema, .earlierDatabase:
                throw CommandFailure(.failed, error.description)
            case .wrongRootKey:
                // A key made in this run has sealed nothing.
                rootKey.discardIfCreated()
                throw CommandFailure(.configuration, rootKey.mismatch(in: configuration.database))
            }
        }
    }
}

/// The root key of this process and where it was found.
private struct RootKeyAccess {
    let key: RootKey
    private let file: RootKeyFile?
    private let wasCreated: Bool

    init(_ configuration: DaemonConfiguration, for purpose: OpeningPurpose) throws(CommandFailure) {
        switch configuration.rootKey {
        case .given(let key):
            self.key = key
            file = nil
            wasCreated = false
        case .ephemeral:
            key = RootKey(random: SystemRandom())
            file = nil
            wasCreated = false
        case .file(let path, let mayCreate):
            let file = RootKeyFile(path: path)
            do throws(RootKeyFileError) {
                let loaded = try file.load(mayCreate: mayCreate && purpose == .serving, random: SystemRandom())
                key = loaded.key
                wasCreated = loaded.wasCreated
                self.file = file
            } catch {
                guard mayCreate, case .missing = error else { throw CommandFailure(.configuration, error.sentence) }
                throw CommandFailure(.configuration, Self.absence(path, configuration.database))
            }
        }
    }

    func discardIfCreated() {
        if wasCreated { file?.remove() }
    }

    /// What a command says where the daemon would make a key.
    private static func absence(_ path: String, _ database: DaemonConfiguration.Database) -> String {
        "ROOT_KEY_FILE \(path) does not exist: restore it from the backup. If no daemon has served the database "
            + "\(database.displayName) yet, `authd serve` makes it, or `authd key make-root --output \(path)`."
    }

    func mismatch(in database: DaemonConfiguration.Database) -> String {
        let name = database.displayName
        if wasCreated, let file {
            return "The database \(name) was used with a root key, but ROOT_KEY_FILE \(file.path) does not exist: "
                + "restore it from the backup."
        }
        let setting = file.map { "ROOT_KEY_FILE \($0.path)" } ?? "ROOT_KEY"
        return "\(setting) is not the root key that the database \(name) was used with; nothing was changed."
    }
}
