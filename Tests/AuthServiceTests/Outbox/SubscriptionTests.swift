// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import Synchronization
import Testing

@Suite("Subscriptions") struct SubscriptionTests {
    struct Refused: Error {}

    /// Records events, after it has thrown for as many as were ordered.
    private final class Recorder: Sendable {
        private let state = Mutex((seen: [AuthEvent](), failures: 0))

        var seen: [AuthEvent] { state.withLock(\.seen) }

        func fail(_ count: Int) { state.withLock { $0.failures = count } }

        func record(_ event: AuthEvent) throws {
            try state.withLock { state in
                guard state.failures == 0 else {
                    state.failures -= 1
                    throw Refused()
                }
                state.seen.append(event)
            }
        }
    }

    private func authority(
        _ recorders: [String: Recorder], store: InMemoryAuthStore? = nil
    ) async throws -> TestAuthority {
        try await TestAuthority(store: store) { configuration in
            configuration.subscriptions = recorders.map { name, recorder in
                Subscription(name) { event in try recorder.record(event) }
            }
        }
    }

    @Test("each subscription gets each event once, in the order of what happened")
    func order() async throws {
        let (one, two) = (Recorder(), Recorder())
        let authority = try await authority(["one": one, "two": two])
        let principal = try await authority.principal("ada")
        _ = try await authority.service.passwords.change(
            of: principal, from: try Password(TestAuthority.password), to: try Password("another fine password"),
            by: client)
        _ = try await authority.service.users.perform(
            .delete, on: principal.user.id, by: .commandLine, from: client)
        await authority.service.completeDeferredWork()
        await authority.service.completeDeferredWork()

        #expect(one.seen.map(\.kind) == [.userCreated, .passwordChanged, .sessionsEnded, .userDeleted])
        #expect(two.seen.map(\.kind) == one.seen.map(\.kind))
        #expect(one.seen.allSatisfy { $0.userID == principal.user.id })
        #expect(Set(one.seen.map(\.id) + two.seen.map(\.id)).count == 8)
    }

    @Test("an event whose handler throws is delivered again under its number, and holds up none of another user")
    func retrying() async throws {
        let recorder = Recorder()
        let authority = try await authority(["x": recorder])
        recorder.fail(1)
        let ada = try await authority.principal("ada").user
        _ = try await authority.service.users.perform(.setRole(.guest), on: ada.id, by: .commandLine, from: client)
        let bob = try await authority.principal("bob").user
        let number = try await authority.service.outbox.list(matching: OutboxQuery()).first?.number
        await authority.service.completeDeferredWork()
        #expect(recorder.seen.map(\.userID) == [bob.id])

        authority.clock.advance(by: .seconds(2))
        await authority.service.completeDeferredWork()

        #expect(recorder.seen.dropFirst().map(\.kind) == [.userCreated, .userChanged])
        #expect(recorder.seen.dropFirst().map(\.userID) == [ada.id, ada.id])
        #expect(recorder.seen.dropFirst().first?.id == number)
    }

    @Test("an event that is not taken for a day is given up and audited")
    func givenUp() async throws {
        let recorder = Recorder()
        let authority = try await authority(["x": recorder])
        recorder.fail(.max)
        _ = try await authority.principal("ada")
        for _ in 0..<40 {
            await authority.service.completeDeferredWork()
            authority.clock.advance(by: .seconds(3_600))
        }

        #expect(try await authority.refusals(of: .eventFailed) == ["not_delivered"])
        let row = try #require(try await authority.service.outbox.list(matching: OutboxQuery()).first)
        #expect(row.state == .dead && row.failure == "the handler threw Refused")
        #expect(authority.service.outbox.health[.event].dead == 1)
    }

    @Test("events of a subscription that this process does not have wait for one that has it")
    func otherProcess() async throws {
        let store = InMemoryAuthStore()
        let (one, two) = (Recorder(), Recorder())
        let first = try await authority(["one": one, "two": two], store: store)
        _ = try await first.principal("ada")
        let second = try await authority(["two": two], store: store)
        await second.service.completeDeferredWork()
        #expect(one.seen.isEmpty && two.seen.map(\.kind) == [.userCreated])

        await first.service.completeDeferredWork()

        #expect(one.seen.map(\.kind) == [.userCreated])
        #expect(two.seen.count == 1)
    }

    @Test("without a subscription no event is written")
    func none() async throws {
        let authority = try await TestAuthority()
        _ = try await authority.principal("ada")

        #expect(try await authority.service.outbox.list(matching: OutboxQuery()).isEmpty)
    }
}
