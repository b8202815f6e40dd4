// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

/// A writer of the database who does not know the root key.
@Suite("Forging the audit log on SQLite") struct SQLiteAuditForgeryTests {
    @Test(
        "is told apart by verifying; the service seals no more, says why, and goes on once it is accepted",
        arguments: AuditForgery.all)
    func forgery(_ forgery: AuditForgery) async throws {
        let course = try await withDriver { driver, _ in
            try await forgery.course(in: driver)
        }
        #expect(course == forgery.expectedCourse)
    }
}
