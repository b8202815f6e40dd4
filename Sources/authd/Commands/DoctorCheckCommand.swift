// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthDelivery
import AuthHTTP
import AuthHTTPServer
import AuthService
import AuthStore

/// `authd doctor check`: looks at a running installation, and says what to do about each fault.
struct DoctorCheckCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract:
            "Examines a running installation: settings, files, disk, database and locks, keys, clock, daemon, proxy, TLS, mail, outbox.",
        discussion: """
            Run it on the host and as the user of the daemon, with its settings. It changes nothing and sends no mail. Each line \
            says what was found and what to do. The exit status is 1 if there is a fault.
            """)

    @OptionGroup var settings: SettingOptions
    @OptionGroup var listing: ListingOptions
    @Option(
        help: ArgumentHelp(
            "A PEM file of the authorities to trust for PUBLIC_URL, instead of those of the system.", valueName: "path"),
        completion: .file())
    var caFile: String?

    func run(_ invocation: Invocation) async throws(CommandFailure) {
        let configuration = try invocation.configuration()
        let fetcher: HTTPSFetcher
        do throws(FetchError) {
            fetcher = try HTTPSFetcher(to: .anyAddress, certificateAuthorities: caFile)
        } catch {
            throw CommandFailure(.failed, "The system refused a thread.")
        }
        defer { fetcher.close() }
        let serving = Self.serving(fetcher)
        var findings = configuration.warnings.map { DoctorFinding(.warning, "settings", $0) }
        if findings.isEmpty { findings.append(DoctorFinding(.ok, "settings", "The settings can be used.")) }
        findings += Self.files(configuration)
        findings += DiskExamination.findings(configuration.database)
        findings.append(await Self.mail(configuration))
        findings += CookieExamination.findings(configuration.http)
        findings.append(
            await serving.socket(host: configuration.server.host, port: configuration.server.port))
        if let base = configuration.http.publicURL, base.utf8.starts(with: "https://".utf8) {
            findings += await serving.certificate(base, now: SystemClock().now)
            findings += await serving.proxy(base, proxies: configuration.http.proxies)
        }
        if case .memory = configuration.database {
            findings.append(DoctorFinding(.warning, "database", "DATABASE_URL is memory, which no command can reach."))
        } else {
            let (found, isUsable) = await DatabaseExamination.look(configuration)
            findings += found
            if isUsable { findings += await Self.service(configuration, invocation, serving) }
        }
        var told: Set<String> = []
        findings = findings.filter { told.insert($0.sentence).inserted }
        listing.show(findings.map(\.record), columns: DoctorFinding.columns)
        let faults = findings.count { $0.verdict == .fault }
        guard faults == 0 else {
            throw CommandFailure(.failed, "\(Counted.things(Int64(faults), "fault was", "faults were")) found.")
        }
    }

    private static func serving(_ fetcher: HTTPSFetcher) -> ServingExamination {
        ServingExamination { url in
            do throws(FetchError) {
                return .success(try await fetcher.get(url, maximumBytes: 65_536, timeout: .seconds(10)))
            } catch {
                return .failure(error)
            }
        } certificateEnd: { url in
            do throws(FetchError) {
                return .success(try await fetcher.certificateEnd(of: url, timeout: .seconds(10)))
            } catch {
                return .failure(error)
            }
        }
    }

    private static func files(_ configuration: DaemonConfiguration) -> [DoctorFinding] {
        let faults = configuration.fileFaults
        guard faults.isEmpty else { return faults.map { DoctorFinding(.fault, "files", $0) } }
        return [
            DoctorFinding(
                .ok, "files", "The files that the settings name can be used, and no other user reads the keys.")
        ]
    }

    /// Starts the service as a daemon does: this finds out about the root key, the audit log, the clock and the clients.
    private static func service(
        _ configuration: DaemonConfiguration, _ invocation: Invocation, _ serving: ServingExamination
    ) async -> [DoctorFinding] {
        var findings: [DoctorFinding] = []
        do throws(CommandFailure) {
            try await CommandService.withDaemon(invocation) { (daemon) throws(CommandFailure) in
                let service = daemon.service
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
                findings.append(try await clock(daemon, newestEvent: newest))
                let depths = try await CommandFailure.wording { () throws(AuthError) in
                    try await service.outbox.depths()
                }
                findings.append(
                    OutboxExamination.finding(depths, canSend: configuration.mail.sends, now: SystemClock().now))
                findings += try await supabase(configuration, service)
                if let error = await service.audit.unreadableHead() {
                    findings.append(DoctorFinding(.fault, "audit log", error.sentence))
                }
                if configuration.http.publicURL?.utf8.starts(with: "https://".utf8) == true {
                    let events = try await CommandFailure.wording { () throws(AuthError) in
                        try await service.audit.events(matching: AuditQuery(limit: 100))
                    }
                    findings.append(
                        ForwardingExamination.finding(
                            sources: events.compactMap(\.event.source), proxies: configuration.http.proxies))
                }
                findings.append(await serving.publicAddress(configuration.http.publicURL, keys: service.keys.jwks))
            }
        } catch {
            findings += error.sentences.map { DoctorFinding(.fault, "database", $0) }
        }
        return findings
    }

    /// Keys of Supabase's API, and roles whose names it must not meet.
    private static func supabase(
        _ configuration: DaemonConfiguration, _ service: AuthService
    ) async throws(CommandFailure) -> [DoctorFinding] {
        let roles = SupabaseExamination.roles(service.roles.table.leftOut)
        guard configuration.service.supabase != nil else { return roles }
        let keys = try await CommandFailure.wording { () throws(AuthError) in try await service.supabase.keys() }
        return roles + SupabaseExamination.keys(keys, now: SystemClock().now)
    }

    private static func sharedKey(_ signing: TokenSigning) -> DoctorFinding {
        switch signing {
        case .shared: DoctorFinding(.ok, "signing key", "SECRET_KEY signs.")
        case .stored: DoctorFinding(.fault, "signing key", "No key is active: run `authd key rotate`.")
        }
    }

    private static func clock(
        _ daemon: Daemon, newestEvent: Timestamp?
    ) async throws(CommandFailure) -> DoctorFinding {
        let clock = SystemClock()
        let before = clock.now
        let time: Timestamp?
        do throws(StoreError) {
            time = try await daemon.databaseTime()
        } catch {
            throw CommandFailure(error)
        }
        let after = clock.now
        guard let time else { return ClockExamination.finding(newestEvent: newestEvent, now: after) }
        return ClockExamination.finding(store: time, between: before, and: after)
    }

    private static func mail(_ configuration: DaemonConfiguration) async -> DoctorFinding {
        let name = configuration.mail.displayName
        switch configuration.mail.destination {
        case .smtp:
            let check = await SettingsCheck.mail(configuration)
            guard check.outcome == .ok else { return DoctorFinding(.fault, "mail", check.detail) }
            return DoctorFinding(.ok, "mail", "\(name) lets authd in; `authd mail test ADDRESS` sends a test.")
        case .file:
            return DoctorFinding(.warning, "mail", "Mails are written into \(name) and not sent.")
        case .none:
            return DoctorFinding(
                .warning, "mail", "No mail is sent, because SMTP_HOST is not set: no password can be reset by mail.")
        }
    }
}
