// SPDX-License-Identifier: Apache-2.0

import AuthService
import AuthStorePostgres

extension DaemonConfiguration {
    /// The same, with sessions at PostgreSQL that are named after the issuer: `authd doctor` finds daemons of another one by it.
    var namingSessions: DaemonConfiguration {
        guard case .postgres(var postgres) = database else { return self }
        postgres.programName = PostgresConfiguration.programName(issuer: service.issuer)
        var named = self
        named.database = .postgres(postgres)
        return named
    }
}
