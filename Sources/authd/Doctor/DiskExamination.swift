// SPDX-License-Identifier: Apache-2.0

import AuthStoreSQLite
import AuthSystem
import Glibc

/// Whether there is room for the database, and whether its files are the daemon's own.
enum DiskExamination {
    /// Below this many bytes a database may stop any moment.
    private static let scarce: UInt64 = 64 << 20
    /// Below this many, it is time to make room.
    private static let low: UInt64 = 1 << 30

    /// One finding about the folder of a SQLite file; none for other databases.
    static func findings(_ database: DaemonConfiguration.Database) -> [DoctorFinding] {
        guard case .sqlite(let sqlite) = database else { return [] }
        let folder = FileSystem.folder(of: AbsolutePath.of(sqlite.path))
        var findings: [DoctorFinding] = []
        var status = statvfs()
        if statvfs(folder, &status) == 0 {
            findings.append(room(blocks: UInt64(status.f_bavail), of: UInt64(status.f_frsize), in: folder))
        } else {
            findings.append(
                DoctorFinding(.fault, "disk", "\(folder) cannot be examined: \(FileContents.reason(errno))."))
        }
        if access(folder, W_OK | X_OK) != 0 {
            findings.append(
                DoctorFinding(
                    .fault, "disk",
                    "This user cannot write in \(folder), where SQLite makes files beside the database: run the command as the "
                        + "user of the daemon."))
        }
        return findings
    }

    /// What so many blocks of a size mean; file systems over a network may claim more bytes than a number has.
    static func room(blocks: UInt64, of size: UInt64, in folder: String) -> DoctorFinding {
        let (free, isMore) = blocks.multipliedReportingOverflow(by: size)
        return room(free: isMore ? .max : free, in: folder)
    }

    /// What so much room means.
    static func room(free: UInt64, in folder: String) -> DoctorFinding {
        let mebibytes = free >> 20
        guard free >= scarce else {
            return DoctorFinding(
                .fault, "disk", "\(folder) has only \(mebibytes) MiB left: make room before writes fail.")
        }
        guard free >= low else {
            return DoctorFinding(.warning, "disk", "\(folder) has \(mebibytes) MiB left: make room soon.")
        }
        return DoctorFinding(.ok, "disk", "\(folder) has \(mebibytes) MiB left.")
    }
}
