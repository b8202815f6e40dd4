// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthDelivery
import AuthHTTP
import AuthHTTPServer
import AuthService
import AuthStore
import AuthStoreSQL

/// `authd doctor check`: looks at a running installation, and says what to do about each fault.
struct DoctorCheckCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract:
            "Examines a running installation: settings, files, disk, database, keys, clock, daemon, proxy and mail.",
        discussion: """
            Run it on the host and as the user of the daemon, with its settings. It changes nothing and sends no mail. Each line \
            says what was found and what to do. The exit status is 1 if there is a fault.
            """)

    @OptionGroup var settings: SettingOptions
    @OptionGroup var listing: ListingOptions

    func run(_ invocation: Invocation) async throws(CommandFailure) {
        let configuration = try invocation.configuration()
        var findings = configuration.warnings.map { DoctorFinding(.warning, "settings", $0) }
        if findings.isEmpty { findings.append(DoctorFinding(.ok, "settings", "The settings can be used.")) }
        findings += DiskExamination.findings(configuration.database)
        findings.append(Self.mail(configuration.mail))
        let fetcher: HTTPSFetcher
        do throws(FetchError) {
            fetcher = try HTTPSFetcher()
        } catch {
            throw CommandFailure(.failed, "The system refused a thread.")
        }
        defer { fetcher.close() }
        let serving = ServingExamination { url in
            do throws(FetchError) {
                return .success(try await fetcher.get(url, maximumBytes: 65_536, timeout: .seconds(10)))
            } catch {
                return .failure(error)
            }
        }
        findings.append(
            await serving.socket(host: configuration.server.host, port: configuration.server.port))
        findings += await Self.database(configuration, invocation, serving)
        listing.show(findings.map(\.record), columns: DoctorFinding.columns)
        let faults = findings.count { $0.verdict == .fault }
        guard faults == 0 else {
            throw CommandFailure(.failed, "\(Counted.things(Int64(faults), "fault was", "faults were")) found.")
        }
    }

    /// Opens the database as a daemon does: this finds out about its schema, the root key, the audit log and the clock.
    private static func database(
        _ configuration: DaemonConfiguration, _ invocation: Invocation, _ serving: ServingExamination
    ) async -> [DoctorFinding] {
        var findings: [DoctorFinding] = []
        do throws(CommandFailure) {
            try await requireKnownSchema(configuration)
            try await CommandService.with(invocation) { (service) throws(CommandFailure) in
                let (users, keys) = try await CommandFailure.wording { () throws(AuthError) in
                    (try await service.users.count(), try await service.keys.list())
                }
                findings.append(
                    DoctorFinding(
                        .ok, "database",
                        "\(configuration.database.location) answers, has the schema of this version and "
                            + "\(Counted.things(users, "user", "users")), and the root key is its own."))
                let active = keys.first { $0.state == .active }
                findings.append(
                    active.map {
                        DoctorFinding(.ok, "signing key", "\($0.id) signs since \($0.stateChangedAt.rfc3339).")
                    }
                        ?? sharedKey(configuration.signing))
                let newest = try await CommandFailure.wording { () throws(AuthError) in
                    try await service.audit.events(matching: AuditQuery(limit: 1)).first?.event.at
                }
                findings.append(try await clock(configuration, newestEvent: newest))
                if let error = await service.audit.unreadableHead() {
                    findings.append(DoctorFinding(.fault, "audit log", error.sentence))
                }
                findings.append(await serving.publicAddress(configuration.http.publicURL, keys: service.keys.jwks))
            }
        } catch {
            findings += error.sentences.map { DoctorFinding(.fault, "database", $0) }
        }
        return findings
    }

    /// Looks at the schema before anything migrates it: a SQLite file is migrated when it is opened for the service, and a daemon
    /// of another version may be serving it.
    ///
    /// - Throws: A sentence where there is no database, or its schema is not the one that this program knows.
    static func requireKnownSchema(_ configuration: DaemonConfiguration) async throws(CommandFailure) {
        try configuration.requireDatabase()
        let database = try await OpenDatabase.open(configuration)
        var failure: CommandFailure?
        do throws(MigrationError) {
            try await database.migrator?.requireKnownSchema()
        } catch {
            failure = CommandFailure(error)
        }
        await database.store.close()
        if let failure { throw failure }
    }

    private static func sharedKey(_ signing: TokenSigning) -> DoctorFinding {
        switch signing {
        case .shared: DoctorFinding(.ok, "signing key", "SECRET_KEY signs.")
        case .stored: DoctorFinding(.fault, "signing key", "No key is active: run `authd key rotate`.")
        }
    }

    private static func clock(
        _ configuration: DaemonConfiguration, newestEvent: Timestamp?
    ) async throws(CommandFailure) -> DoctorFinding {
        let store = try await OpenDatabase.open(configuration).store
        let clock = SystemClock()
        let before = clock.now
        let time: Result<Timestamp?, StoreError>
        do throws(StoreError) {
            time = .success(try await store.storeTime())
        } catch {
            time = .failure(error)
        }
        let after = clock.now
        await store.close()
        switch time {
        case .success(let time?): return ClockExamination.finding(store: time, between: before, and: after)
        case .success(nil): return ClockExamination.finding(newestEvent: newestEvent, now: after)
        case .failure(let error): throw CommandFailure(error)
        }
    }

    private static func mail(_ mail: MailConfiguration) -> DoctorFinding {
        switch mail.destination {
        case .smtp:
            DoctorFinding(.ok, "mail", "\(mail.displayName) is used; `authd mail test ADDRESS` sends a test.")
        case .file:
            DoctorFinding(.warning, "mail", "Mails are written into \(mail.displayName) and not sent.")
        case .none:
            DoctorFinding(
                .warning, "mail", "No mail is sent, because SMTP_HOST is not set: no password can be reset by mail.")
        }
    }
}
