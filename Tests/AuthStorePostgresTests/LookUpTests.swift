// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStorePostgres
import AuthStoreSQL
import AuthTestSupport
import Testing

@Suite("Look-ups on PostgreSQL", .timeLimit(.minutes(5))) struct PostgresLookUpTests {
    @Test("an unknown name, address, token or code costs the same statements as a known one")
    func statements() async throws {
        let lookUps = try await TemporaryPostgres.withDriver { driver in
            try await SchemaMigrator(driver).up(at: Timestamp(microseconds: 0))
            return try await LookUp.all(in: driver)
        }

        #expect(lookUps.map(\.known.count) == [2, 2, 1, 4, 6])
        for lookUp in lookUps {
            for unknown in lookUp.unknown { #expect(unknown == lookUp.known, "\(lookUp.name)") }
        }
    }
}
