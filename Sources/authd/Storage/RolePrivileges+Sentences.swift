// SPDX-License-Identifier: Apache-2.0

import AuthStorePostgres

extension RolePrivileges {
    /// What is wrong with serving under this role, the gravest fault alone; empty where nothing is.
    var sentences: [String] {
        let instead = "Serve as a member of authd_runtime, as docs/deployment.md shows."
        if isSuperuser {
            return [
                "DATABASE_URL names a superuser, for whom neither privileges nor row-level security hold. \(instead)"
            ]
        }
        if ownsSchema {
            return ["DATABASE_URL names the owner of the schema, who can change and drop every table. \(instead)"]
        }
        if bypassesRowSecurity {
            return ["DATABASE_URL names a role that row-level security does not hold for. \(instead)"]
        }
        return []
    }
}
