// SPDX-License-Identifier: Apache-2.0

import AuthService
import AuthStoreSQLite

extension SettingReader {
    /// Where the last signed head of the audit log is kept; `nil` for nowhere.
    mutating func auditHeadFile(_ database: DaemonConfiguration.Database?) -> String? {
        let given = givenText(.auditHeadFile)
        guard given != "off" else {
            warn(
                "AUDIT_HEAD_FILE is off: a daemon that starts does not notice that the database was restored to an earlier "
                    + "state, or that the end of its audit log was removed.")
            return nil
        }
        return switch database {
        case nil, .memory: nil
        case .sqlite(let sqlite): given ?? sqlite.path + ".audit-head"
        case .postgres: given ?? "authd.audit-head"
        }
    }

    /// How long audit events are kept.
    mutating func auditRetention() -> AuditRetention {
        let days = integer(.auditRetentionDays)
        let minimum = integer(.auditRetentionMinimumDays)
        if days > 0, days < minimum {
            refuse(
                .auditRetentionDays, "is less than AUDIT_RETENTION_MINIMUM_DAYS; lower that, or keep events for longer."
            )
        }
        return AuditRetention(
            period: days > 0 ? .seconds(86_400 * days) : nil, minimum: .seconds(86_400 * minimum))
    }
}
