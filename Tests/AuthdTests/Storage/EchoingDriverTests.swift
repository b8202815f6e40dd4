// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStoreSQL
import AuthStoreSQLite
import AuthTestSupport
import Logging
import Testing

@testable import authd

@Suite("Statements in the log")
struct EchoingDriverTests {
    @Test("are logged as texts, without their values, and have the effect and the result that they have without")
    func texts() async throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        let log = LogLines()
        let driver = EchoingDriver(
            try await SQLiteDriver.open(SQLiteConfiguration(path: folder.file("a.db"))),
            to: Logger(label: "test") { _ in log.handler })
        let now = Timestamp(seconds: 1_800_000_000)
        _ = try await SchemaMigrator(driver).up(at: now)
        let store = SQLAuthStore(driver)
        let before = log.all.count

        let found = try await store.credential(
            for: .username(try Username("canary")), decoy: UserID(UUIDv7(high: 1, low: 1)))

        #expect(found == nil)
        #expect(log.all.count >= before + 2, "\(log.all)")
        #expect(log.all.allSatisfy { $0.hasPrefix("statement sql=") })
        #expect(log.all.contains { $0.contains("authd.") && $0.contains("$1") })
        #expect(!log.all.joined().contains("canary"))
        #expect(driver.dialect == .sqlite && driver.trouble == nil)
        await store.close()
    }
}
