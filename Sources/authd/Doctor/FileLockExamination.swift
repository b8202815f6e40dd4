// SPDX-License-Identifier: Apache-2.0

/// Whether another process keeps a daemon from writing to its SQLite file.
enum FileLockExamination {
    /// From how many bytes on the log beside the database shows that it cannot be emptied.
    private static let large: Int64 = 256 << 20

    /// What it means that the write lock could not be had for two seconds; `holder` is known where the system tells.
    static func locked(_ path: String, holder: (process: Int32, program: String?)?) -> DoctorFinding {
        let consequence = "meanwhile every request that writes is answered 503"
        guard let holder, holder.process > 0 else {
            return DoctorFinding(
                .fault, "locks",
                "Another process keeps \(path) locked, and \(consequence): find it with `fuser \(path)` and end its transaction."
            )
        }
        let program = holder.program.map { " (\($0))" } ?? ""
        return DoctorFinding(
            .fault, "locks",
            "Process \(holder.process)\(program) keeps \(path) locked, and \(consequence): end its transaction, or run "
                + "`kill \(holder.process)`.")
    }

    /// What the size of the log beside the database means.
    static func log(_ path: String, bytes: Int64) -> DoctorFinding? {
        guard bytes >= large else { return nil }
        return DoctorFinding(
            .warning, "locks",
            "\(path)-wal has \(bytes >> 20) MiB: a process that reads without an end keeps it from being emptied; find it with "
                + "`fuser \(path)`.")
    }
}
