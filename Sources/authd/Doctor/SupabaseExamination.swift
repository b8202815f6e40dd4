// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// Whether Supabase's API and what is stored for it can be used as they are.
enum SupabaseExamination {
    /// How long before its end a key is worth a look.
    static let notice = Duration.seconds(30 * 86_400)

    /// Names the roles that bear a name which has a meaning to PostgREST and PostgreSQL; they were stored before it was refused.
    static func roles(_ roles: [Role]) -> [DoctorFinding] {
        let reserved = roles.filter(\.isReserved).map(\.name)
        guard !reserved.isEmpty else { return [] }
        return [
            DoctorFinding(
                .warning, "roles",
                "\(reserved.joined(separator: ", ")): a role of this name can be taken for one of PostgreSQL's or of Supabase's; "
                    + "define another one, give it to the holders (`authd user list --role`), and remove it.")
        ]
    }

    /// What is to be said of the secret keys of an API that is on.
    static func keys(_ keys: [SupabaseKey], now: Timestamp) -> [DoctorFinding] {
        let live = keys.filter { $0.isLive(at: now) }
        guard !live.isEmpty else {
            return [
                DoctorFinding(
                    .ok, "Supabase's API", "It is on, and no secret key is live; `authd supabase keys` makes one.")
            ]
        }
        let ending = live.filter { $0.expiresAt - now < notice }
        guard ending.isEmpty else {
            return ending.map { key in
                DoctorFinding(
                    .warning, "Supabase's API",
                    "The key \(key.id) ends at \(key.expiresAt.rfc3339): make another one with `authd supabase keys --new`, and "
                        + "give it to its holders before.")
            }
        }
        return [
            DoctorFinding(
                .ok, "Supabase's API",
                "It is on with \(Counted.things(Int64(live.count), "secret key", "secret keys")).")
        ]
    }
}
