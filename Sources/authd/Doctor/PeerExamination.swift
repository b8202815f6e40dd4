// SPDX-License-Identifier: Apache-2.0

import AuthStorePostgres

/// Whether all daemons on one PostgreSQL issue tokens in one name.
enum PeerExamination {
    /// What the sessions of daemons mean to one that has `issuer`.
    static func findings(_ sessions: [PostgresDaemonSessions], issuer: String) -> [DoctorFinding] {
        let ours = PostgresConfiguration.programName(issuer: issuer)
        let others = sessions.filter { $0.name != ours }
        guard others.isEmpty else {
            return others.map { session in
                let issued = session.name.dropFirst(PostgresConfiguration.programPrefix.count)
                let name = Redaction.printable(String(issued))
                return DoctorFinding(
                    .fault, "issuer",
                    "The daemon \(place(session)) issues tokens of \(name) and these settings say \(issuer): each rejects the "
                        + "tokens of the other; give all of them the same PUBLIC_URL and TOKEN_ISSUER, and restart them."
                )
            }
        }
        guard !sessions.isEmpty else {
            return [
                DoctorFinding(
                    .warning, "issuer",
                    "No daemon on this database tells its issuer: none runs, or DATABASE_URL has an application_name; without "
                        + "that, daemons of another issuer are found here.")
            ]
        }
        let places = Set(sessions.map(place)).sorted().joined(separator: ", ")
        return [DoctorFinding(.ok, "issuer", "Every daemon on this database (\(places)) issues tokens of \(issuer).")]
    }

    private static func place(_ session: PostgresDaemonSessions) -> String {
        session.address.isEmpty ? "on the database's host" : "at \(Redaction.printable(session.address))"
    }
}
