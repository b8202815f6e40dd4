// SPDX-License-Identifier: Apache-2.0

package import AuthCore

extension SQLAuthStore {
    /// Makes a store over a driver whose schema is prepared first; closes the driver where that fails.
    package static func prepared(
        _ driver: Driver, _ schema: SchemaPreparation, now: () -> Timestamp
    ) async throws(StoreOpenError) -> SQLAuthStore {
        let migrator = SchemaMigrator(driver)
        do throws(MigrationError) {
            switch schema {
            case .migrate(let instant): _ = try await migrator.up(at: instant ?? now())
            case .require: break
            }
            // Also after migrating: a database that is ahead of this version needs no step and is no place to run.
            try await migrator.requireKnownSchema()
            return SQLAuthStore(driver)
        } catch {
            await driver.close()
            throw StoreOpenError(error)
        }
    }
}
