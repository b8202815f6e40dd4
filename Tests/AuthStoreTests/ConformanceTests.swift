// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthTesting
import Testing

@Suite("Store in memory") struct InMemoryConformanceTests {
    @Test(arguments: StoreConformance.allChecks)
    func conforms(_ check: StoreCheck) async throws {
        try await check.run(InMemoryAuthStore())
    }
}
