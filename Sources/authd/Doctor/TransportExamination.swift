// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStorePostgres

/// Whether what crosses the network is encrypted, and whether both ends know who answers.
enum TransportExamination {
    private static let day: Int64 = 86_400

    /// What the end of a certificate means.
    static func certificate(end: Timestamp?, of url: String, now: Timestamp) -> DoctorFinding {
        guard let end else {
            return DoctorFinding(.warning, "certificate", "\(url) does not show when its certificate ends.")
        }
        let days = (end - now).components.seconds / day
        let words = "The certificate of \(url) is trusted and ends at \(end.rfc3339)"
        switch days {
        case ..<3:
            return DoctorFinding(
                .fault, "certificate", "\(words): renew it now, and see why that did not happen by itself.")
        case 3..<14:
            return DoctorFinding(.warning, "certificate", "\(words): see that it is renewed before.")
        default: return DoctorFinding(.ok, "certificate", "\(words).")
        }
    }

    /// What a connection to PostgreSQL means; `mode` is the `sslmode` that it was opened with, where one was set.
    static func database(_ hosts: [PostgresConfiguration.Host], mode: String?, isEncrypted: Bool) -> DoctorFinding {
        guard hosts.contains(where: \.isRemote) else {
            return DoctorFinding(.ok, "database TLS", "The database is reached without a network.")
        }
        guard isEncrypted else {
            return DoctorFinding(
                .fault, "database TLS",
                "The connection to the database crosses the network in the clear: set sslmode=verify-full and sslrootcert in "
                    + "DATABASE_URL.")
        }
        guard mode == "verify-full" else {
            return DoctorFinding(
                .warning, "database TLS",
                "The connection to the database is encrypted, but any server could answer: set sslmode=verify-full and "
                    + "sslrootcert in DATABASE_URL.")
        }
        return DoctorFinding(
            .ok, "database TLS", "The connection to the database is encrypted, and the server's name is verified.")
    }
}
