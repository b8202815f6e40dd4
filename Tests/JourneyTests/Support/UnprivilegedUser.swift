// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The user that a program runs as which must not be root: the tests' own, unless that is root.
///
/// PostgreSQL refuses to be root, and a daemon that runs as root shows nothing about one that does not.
struct UnprivilegedUser: Sendable {
    let ids: (user: uid_t, group: gid_t)?

    static let current: UnprivilegedUser = {
        guard geteuid() == 0, let entry = getpwnam("postgres") ?? getpwnam("nobody") else {
            return UnprivilegedUser(ids: nil)
        }
        return UnprivilegedUser(ids: (entry.pointee.pw_uid, entry.pointee.pw_gid))
    }()

    /// The command that runs a program as this user.
    ///
    /// Giving up root also takes back the wish for a signal when the tests die, so that it is asked for again.
    func wrapping(_ arguments: [String], deathSignal: String = "QUIT") -> [String] {
        guard let ids else { return arguments }
        return ["setpriv", "--reuid=\(ids.user)", "--regid=\(ids.group)", "--clear-groups", "--pdeathsig", deathSignal]
            + arguments
    }
}
