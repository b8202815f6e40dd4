// SPDX-License-Identifier: Apache-2.0

import AuthStorePostgres
import Glibc

/// How many descriptors the process may have open: every connection is one.
enum DescriptorLimit {
    /// Raises the limit to the highest that the system allows without privileges.
    ///
    /// The usual one of 1,024 is for programs that call `select`, of which there is none here.
    static func raise() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        // Where it is refused, the limit stays as it was and fewer clients are served at once.
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// How many there may be now; a great number where the system does not tell.
    static var current: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1 << 20 }
        return Int(clamping: limit.rlim_cur)
    }

    /// How many there are now; a guess where the system does not tell.
    static var open: Int {
        guard let folder = opendir("/proc/self/fd") else { return 64 }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // Itself, its parent, and the one that reads them.
        return max(0, count - 3)
    }

    /// What mail, certificates and files of settings need at a time.
    static let otherFiles = 32

    /// The connections that fit: what is left of `limit`, less `reserve` (but no more than a quarter), with room for
    /// those that are being refused.
    ///
    /// At least 8, that a daemon under the lowest of limits answers at all.
    static func connections(limit: Int, open: Int, reserve: Int) -> Int {
        let left = limit - open - min(reserve, limit / 4)
        return max(8, left - max(4, min(64, left / 8)))
    }
}

extension DaemonConfiguration.Database {
    /// The descriptors that the database may come to need beyond those open at the start.
    var descriptors: Int {
        switch self {
        case .memory: 0
        case .sqlite: 8
        case .postgres(let postgres): postgres.pool.size + postgres.pool.overflow + 1
        }
    }
}
