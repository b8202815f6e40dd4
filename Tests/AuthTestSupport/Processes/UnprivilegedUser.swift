// SPDX-License-Identifier: Apache-2.0

package import Glibc

/// The user that a program runs as which must not be root: the tests' own, unless that is root.
///
/// PostgreSQL refuses to be root, and a daemon that runs as root shows nothing about one that does not.
package struct UnprivilegedUser: Sendable {
    /// `nil` where the tests' own user will do.
    package let ids: (user: uid_t, group: gid_t)?

    /// The one that servers run as.
    package static let current: UnprivilegedUser = {
        guard geteuid() == 0, let entry = getpwnam("postgres") ?? getpwnam("nobody") else {
            return UnprivilegedUser(ids: nil)
        }
        return UnprivilegedUser(ids: (entry.pointee.pw_uid, entry.pointee.pw_gid))
    }()

    /// One that owns nothing.
    package static let nobody = UnprivilegedUser(ids: geteuid() == 0 ? (user: 65_534, group: 65_534) : nil)

    /// The command that runs a program as this user.
    ///
    /// Giving up root also takes back the wish for a signal when the tests die, so that it is asked for again. With
    /// `isConfined`, the program also gives up, for good, every way to privileges.
    package func wrapping(
        _ arguments: [String], deathSignal: String = "QUIT", isConfined: Bool = false
    ) -> [String] {
        guard let ids else { return arguments }
        let confinement = isConfined ? ["--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"] : []
        return ["setpriv", "--reuid=\(ids.user)", "--regid=\(ids.group)", "--clear-groups"] + confinement
            + ["--pdeathsig", deathSignal] + arguments
    }
}
