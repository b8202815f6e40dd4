// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@testable import authd

@Suite("Examination of Supabase's API")
struct SupabaseExaminationTests {
    private static let now = Timestamp(seconds: 1_800_000_000)

    private func key(endsIn days: Int, isRevoked: Bool = false, number: UInt8 = 1) throws -> SupabaseKey {
        SupabaseKey(
            id: try #require(
                SupabaseKeyID(parsing: "01900000-0000-7000-8000-0000000000\(number < 10 ? "0" : "")\(number)")),
            form: .jwt, digest: nil, name: "server", creator: nil, createdAt: Self.now - .seconds(86_400),
            expiresAt: Self.now + .seconds(86_400 * days), revokedAt: isRevoked ? Self.now : nil)
    }

    @Test("keys that last are well, and so is an API without one")
    func well() throws {
        let none = SupabaseExamination.keys([], now: Self.now)
        #expect(none.map(\.verdict) == [.ok] && none[0].sentence.contains("`authd supabase keys`"))
        let dead = [try key(endsIn: 300, isRevoked: true), try key(endsIn: -1, number: 2)]
        #expect(SupabaseExamination.keys(dead, now: Self.now) == none)
        let two = [try key(endsIn: 300), try key(endsIn: 31, number: 2)]
        let found = SupabaseExamination.keys(two + dead, now: Self.now)
        #expect(found.map(\.verdict) == [.ok] && found[0].sentence == "It is on with 2 secret keys.")
    }

    @Test("a live key that ends within thirty days is told of with its id and with what to do")
    func ending() throws {
        let ending = try key(endsIn: 29)
        let found = SupabaseExamination.keys([try key(endsIn: 300, number: 2), ending], now: Self.now)
        #expect(found.map(\.verdict) == [.warning])
        #expect(found[0].sentence.hasPrefix("The key \(ending.id) ends at \(ending.expiresAt.rfc3339): "))
    }

    @Test("stored roles with reserved names are named, and no others")
    func roles() throws {
        let reserved = try ["anon", "service_role"].map { try #require(Role($0)) }
        let found = SupabaseExamination.roles([.admin, .user] + reserved)
        #expect(found.map(\.verdict) == [.warning])
        #expect(found[0].sentence.hasPrefix("anon, service_role: "))
        #expect(SupabaseExamination.roles([.admin, .user, .guest]) == [])
    }

    @Test("the words of a key's state in the list")
    func states() throws {
        #expect(try key(endsIn: 1).stateWord(at: Self.now) == "live")
        #expect(try key(endsIn: 0).stateWord(at: Self.now) == "expired")
        #expect(try key(endsIn: 1, isRevoked: true).stateWord(at: Self.now) == "revoked")
        let row = try key(endsIn: 1).row(at: Self.now)
        #expect(Array(row.fields.prefix(SupabaseKey.columns.count).map(\.name)) == SupabaseKey.columns)
    }
}
