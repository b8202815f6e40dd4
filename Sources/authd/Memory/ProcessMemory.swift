// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// What the process holds in memory, in bytes, and what it does not give back by itself.
enum ProcessMemory {
    /// Keeps malloc from spreading over as many arenas as there are threads, each of which keeps what it once had.
    ///
    /// To be called before there are other threads.
    static func bound() {
        authd_set_malloc_bounds(CInt(arenas(processors: Int(authd_available_processors()))))
    }

    /// One for each processor, so that threads seldom wait for each other; at least 2 and at most 8.
    static func arenas(processors: Int) -> Int {
        max(2, min(8, processors))
    }

    /// What the program has asked malloc for and not given back to it.
    static var inUse: Int { Int(clamping: authd_malloc_in_use()) }

    /// What the program has given back to malloc.
    ///
    /// What ``trim()`` gave to the system is still counted.
    static var free: Int { Int(clamping: authd_malloc_free()) }

    /// Gives free pages back to the system; takes some milliseconds for each hundred MiB.
    static func trim() { authd_malloc_trim() }

    /// The pages in memory, and those of them that are unchanged pages of files: of the program and of libraries.
    static var resident: (all: Int, files: Int)? {
        guard case .success(let text) = FileContents.read("/proc/self/statm", maximumBytes: 256) else { return nil }
        return resident(statm: text, pageSize: Int(sysconf(CInt(_SC_PAGESIZE))))
    }

    /// Reads `/proc/self/statm`; `nil` for anything else. - Source: proc(5)
    static func resident(statm: [UInt8], pageSize: Int) -> (all: Int, files: Int)? {
        let fields = statm.split(separator: UInt8(ascii: " ")).prefix(3).map {
            Int(String(decoding: $0, as: UTF8.self))
        }
        guard fields.count == 3, let all = fields[1], let files = fields[2] else { return nil }
        return (all * pageSize, files * pageSize)
    }
}
