// SPDX-License-Identifier: Apache-2.0

/// Decides whether a session alone is enough to change the password or the address by Supabase's API.
public enum SupabaseProof {
    /// Whether the user has proven recently who they are, or came by a recovery, or has nothing to prove.
    ///
    /// The store asks it on the locked session. A guest has no credential that could be shown.
    ///
    /// - Parameters:
    ///   - session: The session of the request.
    ///   - user: Whose it is.
    ///   - recent: How recent a proof must be.
    ///   - recovery: For how long a recovery counts as a proof: as long as the link of a reset is valid.
    ///   - now: The instant of the operation.
    /// - Returns: Whether nothing else is demanded.
    public static func isShown(
        by session: Session, user: User, recent: RecentProof, recovery: Duration, at now: Timestamp
    ) -> Bool {
        if user.isAnonymous || recent.isMet(by: session.authenticatedAt, at: now) { return true }
        let recovered = RecentProof(within: recovery, leeway: recent.leeway)
        return session.methods.contains { method in
            switch WireText(method.name) {
            case "sb_recovery", "sb_otp_recovery": recovered.isMet(by: method.at, at: now)
            default: false
            }
        }
    }
}
