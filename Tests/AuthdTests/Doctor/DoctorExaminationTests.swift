// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthDelivery
import AuthStore
import AuthStoreSQL
import AuthTestSupport
import Testing

@testable import authd

@Suite("Examination of an installation")
struct DoctorExaminationTests {
    private static let now = Timestamp(seconds: 1_800_000_000)

    @Test("the clock may differ from the database's by five seconds, and more is a fault with its direction")
    func clocks() {
        func verdict(_ offset: Int) -> DoctorFinding {
            ClockExamination.finding(
                store: Self.now + .seconds(offset), between: Self.now, and: Self.now + .seconds(1))
        }
        for offset in [-5, 0, 1, 6] { #expect(verdict(offset).verdict == .ok, "\(offset)") }
        #expect(verdict(-6).verdict == .fault && verdict(-6).sentence.contains("6 seconds ahead of the database's"))
        #expect(verdict(20).verdict == .fault && verdict(20).sentence.contains("19 seconds behind the database's"))
    }

    @Test("without a clock in the database, an event from the future is a fault")
    func events() {
        #expect(ClockExamination.finding(newestEvent: nil, now: Self.now).verdict == .ok)
        #expect(ClockExamination.finding(newestEvent: Self.now + .seconds(4), now: Self.now).verdict == .ok)
        #expect(ClockExamination.finding(newestEvent: Self.now + .seconds(60), now: Self.now).verdict == .fault)
    }

    @Test("a disk is full enough to warn of before writes fail")
    func disks() {
        #expect(DiskExamination.room(free: 2 << 30, in: "/d").verdict == .ok)
        #expect(DiskExamination.room(free: 512 << 20, in: "/d").verdict == .warning)
        let full = DiskExamination.room(free: 3 << 20, in: "/d")
        #expect(full.verdict == .fault && full.sentence.hasPrefix("/d has only 3 MiB left: "))
        #expect(DiskExamination.room(blocks: 3, of: 1 << 20, in: "/d") == full)
        #expect(DiskExamination.room(blocks: .max, of: 4_096, in: "/d").verdict == .ok)
    }

    @Test("a SQLite file of an earlier version is a fault and stays as it is")
    func earlierSchema() async throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        let configuration = try DaemonConfiguration.read(
            SettingSources(environment: [
                "DATABASE_URL": "sqlite:///\(folder.file("authd.db"))", "PUBLIC_URL": "https://id.example.com",
            ]))
        let database = try await OpenDatabase.open(configuration)
        let migrator = try #require(database.migrator)
        _ = try await migrator.up(to: 1, at: Self.now)

        let earlier = await DatabaseExamination.look(configuration)
        #expect(!earlier.isUsable && earlier.findings.contains { $0.verdict == .fault && $0.subject == "database" })
        await #expect(throws: CommandFailure.self) { try await OpenDatabase.prepared(configuration, for: .command) }
        #expect(try await migrator.status().count(where: \.isApplied) == 1)

        _ = try await migrator.up(to: nil, at: Self.now)
        #expect(await DatabaseExamination.look(configuration).isUsable)
        await (try OpenDatabase.prepared(configuration, for: .command)).store.close()
        await database.store.close()
    }

    @Test("a daemon that does not answer is a fault, and its socket is reached through the loopback address")
    func sockets() async throws {
        let silent = ServingExamination { _ in .failure(.timedOut) }
        let fault = await silent.socket(host: "0.0.0.0", port: 8000)
        #expect(fault.verdict == .fault && fault.sentence.hasPrefix("http://127.0.0.1:8000/health does not answer: "))
        let serving = ServingExamination { _ in .success([]) }
        #expect(
            await serving.socket(host: "::", port: 1) == DoctorFinding(.ok, "daemon", "http://[::1]:1/health answers."))
        #expect(await serving.socket(host: "::1", port: 1).sentence == "http://[::1]:1/health answers.")
        #expect(await serving.socket(host: "localhost", port: 0).verdict == .warning)
        // A daemon that listens on an address of the network may well answer.
        let fetcher = try HTTPSFetcher(to: .anyAddress)
        defer { fetcher.close() }
        let real = ServingExamination { url in
            do throws(FetchError) {
                return .success(try await fetcher.get(url, maximumBytes: 1, timeout: .seconds(1)))
            } catch {
                return .failure(error)
            }
        }
        let unasked = await real.socket(host: "192.0.2.1", port: 8000)
        #expect(unasked.verdict == .warning && unasked.sentence.hasPrefix("http://192.0.2.1:8000/health was not asked"))
    }

    @Test("a public address that leads to other keys, to no key set or nowhere is a fault")
    func publicAddresses() async {
        func keySet(_ ids: String...) -> [UInt8] {
            Array(#"{"keys":[\#(ids.map { #"{"kid":"\#($0)"}"# }.joined(separator: ","))]}"#.utf8)
        }
        func verdict(_ answer: Result<[UInt8], FetchError>, base: String? = "https://id.example") async -> DoctorFinding
        {
            await ServingExamination { url in
                url == "https://id.example/.well-known/jwks.json" ? answer : .failure(.refusedURL)
            }
            .publicAddress(base, keys: keySet("a", "b"))
        }
        #expect(await verdict(.success(keySet("b", "a"))).verdict == .ok)
        let other = await verdict(.success(keySet("a")))
        #expect(other.verdict == .fault && other.sentence.contains("publishes other keys"))
        #expect(await verdict(.success(Array("<html>".utf8))).verdict == .fault)
        let refused = await verdict(.failure(.unreachable(diagnostic: "no certificate\u{1B}")))
        #expect(refused.verdict == .fault && refused.sentence.contains("no certificate\u{FFFD}. Check the proxy"))
        #expect(await verdict(.success([]), base: nil).verdict == .warning)
    }
}
