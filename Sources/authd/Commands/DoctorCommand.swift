// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCrypto
import AuthStore
import AuthStoreSQLite
import Glibc

/// `authd doctor`: examinations of this program on this machine.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Examines a running installation, and measures authd on this host.",
        discussion: SettingOptions.note,
        subcommands: [DoctorCheckCommand.self, DoctorProviderCommand.self, TimingCommand.self],
        defaultSubcommand: DoctorCheckCommand.self)

    struct TimingCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "timing",
            abstract: "Measures whether response times reveal the state of a user (user enumeration).",
            discussion: """
                Starts a temporary service with a database of its own and the configured cost of password hashing. \
                Sends requests to every public route, in random order, about users that are known, unknown, \
                disabled, banned (not allowed to sign in until a set time), unverified and without a password. For \
                each state it prints the probability that its response takes longer than that of a known user, with \
                the 95 % confidence interval, which must lie within 0.45 to 0.55. The command fails if it does not, \
                or if the responses differ. Requests that run at the same time as work deferred by an earlier \
                response, such as sending mail, are measured too. With --use-database, the temporary service uses the \
                database that DATABASE_URL names, which must be without users and keeps those of the measurement.
                """)

        @OptionGroup var settings: SettingOptions
        @Option(help: "The number of requests for each state.")
        var samples = 2_000

        @Option(help: "The number of clients that sign in continuously in the background.")
        var load = 0

        @Flag(help: "Measures on the database of DATABASE_URL, which must be empty, instead of a temporary file.")
        var useDatabase = false

        func validate() throws {
            guard (100...1_000_000).contains(samples) else {
                throw ValidationError("--samples is from 100 to 1000000.")
            }
            guard (0...1_000).contains(load) else { throw ValidationError("--load is from 0 to 1000.") }
        }

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            var configuration = try invocation.configuration()
            if useDatabase { try configuration.requireDatabase() }
            let folder = try ScratchFolder()
            defer { folder.remove() }
            if !useDatabase {
                configuration.database = .sqlite(SQLiteConfiguration(path: folder.path + "/timing.db"))
            }
            let database = try await OpenDatabase.prepared(configuration, for: useDatabase ? .command : .serving)
            do throws(CommandFailure) {
                try await requireEmpty(database.store)
            } catch {
                await database.store.close()
                throw error
            }
            let pool: HashingPool
            do throws(CryptoError) {
                pool = try HashingPool(configuration: .init(queueTimeout: .seconds(60)))
            } catch {
                await database.store.close()
                throw CommandFailure(.failed, "The system refused memory, threads or descriptors.")
            }
            let findings: [TimingStudy.Finding]
            do throws(CommandFailure) {
                let fixture = try await TimingFixture(
                    store: database.store, hashing: PooledPasswordHasher(pool: pool, parameters: configuration.hashing))
                findings = await study(fixture)
            } catch {
                await pool.shutdown()
                await database.store.close()
                throw error
            }
            await pool.shutdown()
            await database.store.close()
            let faults = findings.count { !$0.isEqual }
            guard faults == 0 else {
                throw CommandFailure(
                    .failed, "\(faults) of \(findings.count) states can be distinguished from a known user.")
            }
        }

        private func requireEmpty(_ store: any AuthStore) async throws(CommandFailure) {
            let count: Int64
            do throws(StoreError) {
                count = try await store.userCount()
            } catch {
                throw CommandFailure(error)
            }
            guard count == 0 else {
                throw CommandFailure(.failed, "The database has users: name one that was made for the measurement.")
            }
        }

        private func study(_ fixture: TimingFixture) async -> [TimingStudy.Finding] {
            await withTaskGroup { group in
                group.addTask { [load] in await fixture.load(clients: load) }
                var findings: [TimingStudy.Finding] = []
                func study(_ probes: [TimingStudy.Probe], _ study: TimingStudy) async {
                    for probe in probes {
                        for finding in await study.run(probe) {
                            StandardStream.output.line(finding.line)
                            findings.append(finding)
                        }
                    }
                }
                await study(fixture.probes, TimingStudy(samples: samples, drain: fixture.drain))
                group.addTask { await fixture.run() }
                await study(fixture.followUps, TimingStudy(samples: samples))
                group.cancelAll()
                return findings
            }
        }
    }
}
