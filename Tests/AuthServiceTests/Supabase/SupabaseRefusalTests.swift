// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import Testing

/// What strangers can cause as often as they like must not cost a row each.
@Suite("Supabase's API: audit rows of rejected codes")
struct SupabaseRefusalTests {
    private func count(
        _ refusal: String, _ fixture: SupabaseFixture
    ) async throws -> (rows: Int, refusals: Int64) {
        await fixture.authority.service.completeDeferredWork()
        let events = try await fixture.authority.store.auditEvents(before: nil, limit: 10_000).map(\.event)
            .filter { $0.action == .signIn && $0.refusal == refusal }
        return (events.count, events.reduce(0) { $0 + $1.count })
    }

    @Test("forty wrong codes of one source are a handful of rows, for addresses of users and others")
    func wrongCodes() async throws {
        let fixture = try await SupabaseFixture()
        _ = try await fixture.confirmed()
        for name in ["ada", "unknown"] {
            for _ in 0..<20 {
                await #expect(throws: SupabaseError.otpExpired(byLink: false)) {
                    try await fixture.verify("email", code: "00000000", of: name)
                }
            }
        }
        let counted = try await count("wrong_code", fixture)
        #expect(counted.refusals == 40 && counted.rows <= 10)
    }

    @Test("forty exchanges of a code that is spent are a handful of rows")
    func unknownCodes() async throws {
        let fixture = try await SupabaseFixture()
        try await fixture.signUp(withChallenge: true)
        let target = await fixture.follow(try await fixture.hash(.supabaseSignup), "signup")
        let code = try #require(SupabaseFixture.parameter("code", of: target))
        _ = try await fixture.exchange(code)
        for _ in 0..<40 {
            await #expect(throws: SupabaseError.flowStateNotFound) { try await fixture.exchange(code) }
        }
        let counted = try await count("unknown_code", fixture)
        #expect(counted.refusals == 40 && counted.rows <= 10)
    }
}
