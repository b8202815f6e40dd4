// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthStore
import AuthTesting
import AuthTokens
import Glibc
import Synchronization
import Testing

@testable import AuthService

@Suite("Warnings on standard error") struct StandardErrorWarningsTests {
    private let lines = Lines()
    private let time = Time()

    private func warnings() -> StandardErrorWarnings {
        StandardErrorWarnings(now: { time.now }, write: { lines.append($0) })
    }

    @Test("a lasting fault is one line a minute, with the words of the database and without its line breaks")
    func lasting() {
        let warnings = warnings()

        for _ in 0..<100 { warnings.record(.storeFailed(.unavailable("no route\nauthd: all is well"))) }
        time.advance(by: .seconds(60))
        warnings.record(.storeFailed(.unavailable("no route\nauthd: all is well")))
        warnings.record(.tokenFromFuture)

        let line = "authd: The database is unavailable. (no route authd: all is well)"
        #expect(lines.all.prefix(2) == [line, line])
        #expect(lines.all.count == 3 && lines.all.last?.contains("issued in the future") == true)
    }

    @Test("no character of a diagnostic ends the line or turns it round")
    func harmless() {
        for scalar in ["\n", "\r", "\u{85}", "\u{1b}", "\u{2028}", "\u{2029}", "\u{202e}", "\u{feff}"] {
            let warnings = warnings()
            warnings.record(.storeFailed(.unavailable(StoreDiagnostic("a\(scalar)b"))))
            #expect(lines.all.last == "authd: The database is unavailable. (a b)", "\(scalar.unicodeScalars)")
        }
    }

    @Test("what is remembered of lines is bounded")
    func bound() {
        let warnings = warnings()
        for number in 0..<1_000 {
            warnings.record(.signingKeyFailed(reason: "\(number)"))
        }

        #expect(lines.all.count == 1_000)
        warnings.record(.signingKeyFailed(reason: "999"))
        #expect(lines.all.count == 1_000)
    }

    @Test("a reader that has stopped reading is not waited for", .timeLimit(.minutes(1)))
    func fullPipe() throws {
        var ends: [CInt] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        StandardErrorWarnings.write("one", to: ends[1])
        var bytes = [UInt8](repeating: 0, count: 65_536)
        var count = read(ends[0], &bytes, bytes.count)
        #expect(bytes.prefix(max(0, count)).elementsEqual("one\n".utf8))

        try #require(fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0)
        let page = [UInt8](repeating: 0x61, count: 4_096)
        while write(ends[1], page, page.count) > 0 {}
        try #require(fcntl(ends[1], F_SETFL, 0) == 0)
        StandardErrorWarnings.write("two", to: ends[1])
        StandardErrorWarnings.write(String(repeating: "a", count: 100_000), to: ends[1])

        // What was filled in is there, and nothing behind it.
        close(ends[1])
        ends[1] = -1
        repeat {
            count = read(ends[0], &bytes, bytes.count)
            #expect(bytes.prefix(max(0, count)).allSatisfy { $0 == 0x61 })
        } while count > 0
    }

    @Test("a service without an observer tells standard error why it cannot work, and nothing while it does")
    func byDefault() async throws {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            let random = SeededRandom(seed: 5)
            let store = InMemoryAuthStore()
            let service = try AuthService(
                AuthService.Configuration(
                    settings: AuthSettings(issuer: "https://auth.example.test"), store: store,
                    hashing: CheapPasswordHasher(random: random),
                    rootKeys: RootKeys(current: RootKey(random: random)),
                    signing: .stored(.es256, rotationPeriod: nil)))
            try await service.start()
            _ = try await service.users.count()
            await store.close()
            await #expect(throws: AuthError.unavailable) { try await service.users.count() }
        }

        let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(text.split(separator: "\n").filter { $0.hasPrefix("authd: ") }.count == 1)
        #expect(text.contains("authd: The database is unavailable."))
    }

    @Test("each event is a sentence, without the words of a mail server that name a recipient")
    func sentences() {
        let user = UserID.sample(1)
        let events: [ServiceEvent] = [
            .storeFailed(.conflict), .hashingFailed(.shutDown), .unreadablePasswordHash(user),
            .mailFailed(.rejected(diagnostic: "ada@example.test unknown"), isFinal: true),
            .mailFailed(.unavailable(diagnostic: "451"), isFinal: false),
            .eventFailed(subscription: "x", .userCreated, isFinal: true), .outboxRowUnreadable(1, isFinal: false),
            .mailDropped(.passwordReset, .givenUp, user), .signingKeyFailed(reason: "sealed under another key"),
            .feedInterrupted(.cancelled), .feedHistoryChanged(.start), .refreshReused(user, .sample(2)),
            .auditSealingResumed(nil), .auditCutRefused(AuditFault(1, .missing)),
            .auditHeadNotKept(AuditHeadKeepingError("The disk is full.")), .clockSet(ahead: .seconds(61)),
            .clockDoubtful(ahead: .seconds(90_000)), .clockDiffersFromStore(ahead: .seconds(-61)), .tokenFromFuture,
        ]
        for event in events {
            #expect(event.description.hasSuffix(".") && event.needsAttention)
            #expect(!event.description.contains("ada@"))
        }
    }
}

private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func append(_ line: String) { lines.withLock { $0.append(line) } }
}

private final class Time: Sendable {
    private let instant = Mutex(ContinuousClock.now)
    var now: ContinuousClock.Instant { instant.withLock { $0 } }
    func advance(by step: Duration) { instant.withLock { $0 += step } }
}
