// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthService
import AuthStore
import AuthTesting
import AuthTokens
import Testing

@Suite("Start of a service") struct StartTests {
    private func service(_ store: some AuthStore, _ clock: ManualClock = ManualClock()) throws -> AuthService {
        let random = SeededRandom(seed: 5)
        var configuration = AuthService.Configuration(
            settings: AuthSettings(issuer: "https://auth.example.test"), store: store,
            hashing: CheapPasswordHasher(random: random), rootKeys: RootKeys(current: RootKey(random: random)),
            signing: .stored(.es256, rotationPeriod: nil))
        configuration.clock = clock
        configuration.bootClock = clock
        configuration.observe = { _ in }
        return try AuthService(configuration)
    }

    @Test(
        "a schema that does not fit is named before anything is written",
        arguments: [
            (SchemaFault.pending(9), StartError.schemaPending(9)), (.newer(12), .newerSchema(12)),
            (.altered(3), .alteredSchema(3)), (.beforeFirstRelease, .earlierDatabase),
        ])
    func schema(fault: SchemaFault, error: StartError) async throws {
        let base = InMemoryAuthStore()
        let service = try service(FaultyStore(base: base, fault: .success(fault)))

        await #expect(throws: error) { try await service.start() }

        #expect(try await base.signingKeys().isEmpty)
        #expect(error.description == fault.description)
    }

    @Test("a store that fails is named with its own words")
    func failure() async throws {
        let failure = StoreError.unavailable("no route to host")
        let service = try service(FaultyStore(base: InMemoryAuthStore(), fault: .failure(failure)))

        await #expect(throws: StartError.storeFailed(failure)) { try await service.start() }
        #expect(StartError.storeFailed(failure).description == "The database is unavailable. (no route to host)")
    }

    @Test("each error of a start is a sentence")
    func sentences() {
        for error in [StartError.wrongRootKey, .storeFailed(.conflict), .failed(.internalFailure)] {
            #expect(error.description.hasSuffix("."))
        }
    }

    @Test(
        "a service that is started and not run rejects access tokens after ten seconds; one that reads the feed does not"
    )
    func silence() async throws {
        let clock = ManualClock()
        let service = try service(InMemoryAuthStore(), clock)
        #expect(service.changeFeed.isFresh)
        try await service.start()

        clock.advance(by: .seconds(11))

        #expect(!service.changeFeed.isFresh)
        guard case .refused(.unavailable) = service.access.authenticateNow("any") else {
            Issue.record("a token was looked at")
            return
        }
        #expect(service.changeFeed.health.refusedTokens == 1)
        try await service.changeFeed.readChanges()
        #expect(service.changeFeed.isFresh)
    }

    @Test("beginning to run is not hearing: what was revoked since the start is not known yet")
    func lateRun() async throws {
        let clock = ManualClock()
        let store = SilentStore(base: InMemoryAuthStore())
        let service = try service(store, clock)
        try await service.start()
        clock.advance(by: .seconds(11))

        let run = Task { await service.run() }
        defer { run.cancel() }
        while service.changeFeed.health.silence == nil { await Task.yield() }

        #expect(!service.changeFeed.isFresh)
    }
}

/// A store that answers the first question of a start.
private struct FaultyStore<Base: AuthStore>: ForwardingAuthStore {
    let base: Base
    let fault: Result<SchemaFault, StoreError>

    func schemaFault() async throws(StoreError) -> SchemaFault? { try fault.get() }
}

/// A store whose change feed can be read at the start alone.
private struct SilentStore<Base: AuthStore>: ForwardingAuthStore {
    let base: Base

    func changes(after place: FeedPlace, limit: Int) async throws(StoreError) -> FeedContinuation {
        throw .unavailable("silent")
    }
}
