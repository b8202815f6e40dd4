// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import Testing

@testable import AuthHTTP
@testable import AuthHTTPServer
@testable import AuthService
@testable import AuthStorePostgres
@testable import AuthStoreSQLite
@testable import authd

@Suite("Figures of the page on deployment")
struct DeploymentDocumentTests {
    @Test("the bounds of a connection are those of the program, and so is their sum")
    func connectionBounds() throws {
        let server = try DaemonConfiguration.read([:]).server
        let page = try Repository.text("docs/deployment.md")
        let parts = [
            ConnectionBounds.read, server.maximumHeadBytes, server.maximumBodyBytes, ConnectionBounds.queue,
            ConnectionBounds.output, ConnectionBounds.unsent,
        ].map { $0 / 1024 }

        let kernel = 2 * ConnectionBounds.socketBuffer / 1024
        let sentence = """
            \(parts.reduce(0, +)) KiB and its largest response: a read of \(parts[0]) KiB, a head of \(parts[1]), a body \
            of \(parts[2]), pipelined requests of \(parts[3]), responses not yet written of \(parts[4]), and \
            responses not yet read by the client of \(parts[5]); the kernel keeps another 2 × \(kernel) KiB
            """
        #expect(page.contains(sentence))
        #expect(page.contains("at most 16,384, or") && server.maximumConnections == 16_384)
        #expect(page.contains("disconnects it after 30 seconds") && server.writeTimeout == .seconds(30))
    }

    @Test("the times and bounds in the page's sentences are those of the program")
    func figures() throws {
        let sentences = try Repository.text("docs/deployment.md").split(separator: "\n").joined(separator: " ")
        let daemon = try DaemonConfiguration.read([
            "DATABASE_URL": "postgresql://ada@db/auth", "ROOT_KEY": Secrets.rootKey, "HASH_THREADS": "2",
        ])
        let (minute, hour, day) = (Duration.seconds(60), Duration.seconds(3_600), Duration.seconds(86_400))
        let memoryKiB: Int
        if case .argon2(_, let size, _, _) = daemon.hashing.cost { memoryKiB = size } else { memoryKiB = 0 }

        func expect(_ sentence: String, _ holds: Bool, sourceLocation: SourceLocation = #_sourceLocation) {
            #expect(sentences.contains(sentence), sourceLocation: sourceLocation)
            #expect(holds, "\(sentence)", sourceLocation: sourceLocation)
        }
        expect("seconds (30 in production) for a server", daemon.databaseStartTimeout == .seconds(30))
        expect("not heard the feed for ten seconds answers 503", daemon.service.feedPatience == .seconds(10))
        expect("above ten, access tokens are rejected", daemon.service.feedPatience == .seconds(10))
        expect("the feed is polled four times a second", ChangeFeedService.interval == .milliseconds(250))
        expect("It looks four times a second whether", SQLiteWatcher.interval == .milliseconds(250))
        expect("a new key is published, signs ten minutes later", TokenKeys.keySetLifetime == minute * 10)
        expect("for ten minutes at most if they respect `Cache-Control`", TokenKeys.keySetLifetime == minute * 10)
        expect("stays in the database, sealed, for thirty days", KeyRotationPlanner.retiredKeysKept == day * 30)
        expect("sign-ins wait, at most three seconds each", daemon.hashingPool.queueTimeout == .seconds(3))
        expect("and use 4 × 19 MiB for it", memoryKiB == 19 * 1_024)
        expect("2 × 19 MiB + 400 × 64 KiB = 63 MiB", 2 * memoryKiB + 400 * 64 == 63 * 1_024)
        expect("Up to one MiB of lines waits", LogWriter.capacity == 1_024 * 1_024)
        expect("waits for the reader for two seconds", LogWriter.patience == .seconds(2))
        expect("Every second the daemon numbers the new events", AuditService.interval == .seconds(1))
        expect("after every thousand events, and every hour", AuditService.checkpointLength == 1_000)
        expect("after every thousand events, and every hour", AuditService.checkpointInterval == hour)
        expect("Their clocks may differ by 5 seconds", daemon.service.clockLeeway == .seconds(5))
        expect("Their clocks may differ by 5 seconds", RefreshRotation.clockLeeway == .seconds(5))
        expect("for ten minutes after a start", ClockWatch.settlingTime == minute * 10)
        expect("after the clock was set by more than a minute", ClockWatch.tolerance == minute)
        expect("the clock was more than a day ahead of the newest event", ClockWatch.plausibleGap == day)
        expect("for a day after a start at which", ClockWatch.doubtfulTime == day)
        expect("the server's clock is read as well, once a minute", ClockGuard.interval == minute)
        expect("its superseded refresh token is accepted three times more", RefreshRotation.forgivenLateReplays == 3)
        expect("such as a full disk, is logged once a minute", RepeatedLines.interval == minute)
        expect(
            "a quarter of the connections", daemon.server.connectionsPerSource == daemon.server.maximumConnections / 4)
        try expect("`compose.yaml` wait 60 seconds", Self.patience(in: "compose.yaml") == 60)
        try expect("the unit and `compose.yaml` wait 60 seconds", Self.patience(in: "packaging/authd.service") == 60)
    }

    @Test("the parameters of a URL that are not accepted are those that the page names")
    func reservedParameters() throws {
        let page = try Repository.text("docs/deployment.md")
        let sentence = try #require(
            page.split(separator: "Not accepted are ").last?.split(separator: ". Of several hosts").first)
        let named = sentence.matches(of: #/`(\w+)`/#).map { String($0.output.1) }

        #expect(Set(named) == Set(PostgresSetting.reserved.keys))
    }

    /// How many seconds a service manager waits after asking the daemon to end.
    private static func patience(in file: String) throws -> Int64 {
        let line = try #require(
            Repository.text(file).split(separator: "\n").first {
                $0.contains("TimeoutStopSec=") || $0.contains("stop_grace_period:")
            })
        return try #require(Int64(String(line.filter { $0.isNumber })))
    }

    @Test(
        "a service manager waits longer than the daemon takes to end",
        arguments: ["packaging/authd.service", "compose.yaml"])
    func patience(file: String) throws {
        let configuration = try DaemonConfiguration.read([:])
        let seconds = try Self.patience(in: file)

        let daemon = configuration.shutdownDelay + configuration.server.drainTimeout + .seconds(5)
        // What is left over is for the mail and the database, which have ten seconds.
        #expect(daemon + .seconds(10) < .seconds(seconds))
    }

    @Test(
        "the number of connections leaves descriptors for everything else",
        arguments: [(32_768, 40, 47, 28_000), (1_024, 40, 47, 800), (64, 35, 40, 8), (10, 40, 47, 8)])
    func descriptors(limit: Int, open: Int, reserve: Int, atLeast: Int) {
        let connections = DescriptorLimit.connections(limit: limit, open: open, reserve: reserve)

        #expect(connections >= atLeast)
        #expect(connections == 8 || connections + open + min(reserve, limit / 4) + min(64, connections / 8) <= limit)
    }
}
