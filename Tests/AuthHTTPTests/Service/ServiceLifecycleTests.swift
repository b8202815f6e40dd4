// SPDX-License-Identifier: Apache-2.0

import AuthHTTP
import AuthService
import AuthTesting
import Logging
import ServiceLifecycle
import Testing

@Suite("Services of a group", .timeLimit(.minutes(10))) struct ServiceLifecycleTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Runs a group of one service until it has begun, shuts it down, and waits for its end.
    private func run(_ service: any Service, of authority: TestAuthority) async throws {
        let group = ServiceGroup(services: [service], logger: logger)
        let run = Task { try await group.run() }
        while authority.service.changeFeed.health.silence == nil { await Task.yield() }
        await group.triggerGracefulShutdown()
        try await run.value
    }

    @Test("the service runs in a group, and ends on graceful shutdown")
    func service() async throws {
        let authority = try await TestAuthority()

        try await run(authority.service, of: authority)
    }

    @Test("the interface runs its service, and ends on graceful shutdown")
    func interface() async throws {
        let fixture = try await APIFixture()

        try await run(fixture.api, of: fixture.authority)
    }
}
