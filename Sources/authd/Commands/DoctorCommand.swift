// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCrypto
import AuthStore
import AuthStoreSQLite
import Glibc

/// `authd doctor`: examinations of this program on this machine.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Examines how this program behaves on this machine.",
        subcommands: [TimingCommand.self])

    struct TimingCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "timing",
            abstract: "Measures whether answers tell by their time in which state an account is.",
            discussion: """
                Asks every public route about accounts that are known, unknown, disabled, banned, unverified and without \
                a password, in random order, of a service of its own on a database of its own, with the configured cost \
                of passwords. For each state it prints the probability that its answer takes longer than that of a \
                known account, with the 95 % interval, which must lie within 0.45 to 0.55; otherwise, or where the \
                answers differ, it fails. Where work is left for after an answer, the request that meets this work is \
                measured too.
                """)

        @Option(help: "How often each state is asked about.")
        var samples = 2_000

        @Option(help: "How many clients sign in without pause meanwhile.")
        var load = 0

        func validate() throws {
            guard (100...1_000_000).contains(samples) else {
                throw ValidationError("--samples is from 100 to 1000000.")
            }
            guard (0...1_000).contains(load) else { throw ValidationError("--load is from 0 to 1000.") }
        }

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            var configuration = try invocation.configuration()
            let folder = try ScratchFolder()
            defer { folder.remove() }
            configuration.database = .sqlite(SQLiteConfiguration(path: folder.path + "/timing.db"))
            let database = try await OpenDatabase.prepared(configuration)
            let pool: HashingPool
            do throws(CryptoError) {
                pool = try HashingPool(configuration: .init(queueTimeout: .seconds(60)))
            } catch {
                await database.store.close()
                throw CommandFailure(.failed, "The system refused memory, threads or descriptors.")
            }
            let findings: [TimingStudy.Finding]
            do throws(CommandFailure) {
                let scene = try await TimingFixture(
                    store: database.store, hashing: PooledPasswordHasher(pool: pool, parameters: configuration.hashing))
                findings = await study(scene)
            } catch {
                await pool.shutdown()
                await database.store.close()
                throw error
            }
            await pool.shutdown()
            await database.store.close()
            let faults = findings.count { !$0.isEqual }
            guard faults == 0 else {
                throw CommandFailure(.failed, "\(faults) of \(findings.count) states can be told from a known account.")
            }
        }

        private func study(_ scene: TimingFixture) async -> [TimingStudy.Finding] {
            await withTaskGroup { group in
                group.addTask { [load] in await scene.load(clients: load) }
                var findings: [TimingStudy.Finding] = []
                func study(_ questions: [TimingStudy.Question], _ study: TimingStudy) async {
                    for question in questions {
                        for finding in await study.run(question) {
                            StandardStream.output.line(finding.line)
                            findings.append(finding)
                        }
                    }
                }
                await study(scene.questions, TimingStudy(samples: samples, settle: scene.settle))
                group.addTask { await scene.run() }
                await study(scene.followUps, TimingStudy(samples: samples))
                group.cancelAll()
                return findings
            }
        }
    }
}
