// SPDX-License-Identifier: Apache-2.0

package import AuthCore
internal import AuthService
package import AuthStoreSQL

extension DatabaseFixture {
    /// What is wrong with a copy of this database that was migrated to the newest version: with its passwords, sessions,
    /// mailed tokens, keys and audit log.
    package func findingsOfUse(_ driver: some SQLDriver, at now: Timestamp) async throws -> [String] {
        let migrator = SchemaMigrator(driver)
        try await migrator.up(at: now)
        try await migrator.requireKnownSchema()

        let use = try await use(driver)

        var findings = Findings()
        findings.requireEqual(use.foundAudit.fault, nil, "the audit log as it was found")
        findings.require(use.foundAudit.count > 4, "\(use.foundAudit.count) events were found")
        findings.requireEqual(use.foundAudit.unsealedCount, 0, "the events that were found unsealed")
        let active = usernames.active
        findings.requireEqual(use.users, [active, active, active], "the users who signed in and refreshed")
        findings.requireEqual(use.principal.username?.original, active, "the user of the stored access token")
        findings.require(use.signsWithStoredKey, "new tokens are signed with another key")
        findings.requireEqual(use.verified.username?.original, usernames.unverified, "the verified user")
        findings.requireEqual(use.refusal, .invalidCredentials, "the rejection of the disabled user")
        findings.requireEqual(use.refusalAfterReset, .invalidCredentials, "the rejection of the old password")
        findings.requireEqual(use.finalAudit.fault, nil, "the audit log at the end")
        findings.require(use.finalAudit.count > use.foundAudit.count, "no event was sealed")
        findings.requireEqual(use.finalAudit.unsealedCount, 0, "the events that are unsealed at the end")
        return findings.all
    }

    /// What is wrong with a copy that was migrated forward, back to its own version, and forward again.
    package func findingsOfWayBack(_ driver: some SQLDriver, at now: Timestamp) async throws -> [String] {
        var findings = Findings()
        let migrator = SchemaMigrator(driver)
        try await migrator.up(at: now)
        try await migrator.down(to: schemaVersion, at: now)
        findings.requireEqual(
            try await migrator.status().filter(\.isApplied).count, Int(schemaVersion), "the migrations on the way back")
        try await migrator.up(at: now)

        let use = try await use(driver)
        findings.requireEqual(use.users.count, 3, "the users who signed in and refreshed")
        findings.requireEqual(use.finalAudit.fault, nil, "the audit log")
        findings.requireEqual(try await SQLAuthStore(driver).orphanCount(), 0, "the rows without their user")
        findings.requireEqual(try await migrator.down(to: 0, at: now).last?.version, 1, "the last migration back")
        try await migrator.up(at: now)
        try await migrator.requireKnownSchema()
        return findings.all
    }
}
