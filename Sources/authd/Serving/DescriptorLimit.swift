// SPDX-License-Identifier: Apache-2.0

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
}
