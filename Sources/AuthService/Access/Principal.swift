// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import Synchronization

/// A user who presented a valid access token, as currently known.
///
/// An object, because the same one answers every request with the same token until something changes.
public final class Principal: Sendable {
    /// The user, at most as old as the stated bound on revocation.
    public let user: User
    /// The session that the token belongs to.
    public let sessionID: SessionID
    /// The token's claims, all of them verified.
    public let claims: AccessTokenClaims
    /// The caller as access rules see it.
    public let subject: AccessSubject
    /// When the user last signed in with a credential.
    public let authenticatedAt: Timestamp?
    /// The user's pending duty, which allows no other operation; ``subject`` has no scope until then.
    public let pendingDuty: PendingDuty?

    /// The state of the process from which this was derived.
    let generation: UInt64
    private let rendering = Mutex<[UInt8]?>(nil)

    init(
        user: User, sessionID: SessionID, claims: AccessTokenClaims, tokenScope: Scope, pendingDuty: PendingDuty?,
        generation: UInt64
    ) {
        self.user = user
        self.sessionID = sessionID
        self.claims = claims
        self.pendingDuty = pendingDuty
        self.generation = generation
        authenticatedAt = claims.authenticatedAtSeconds.map(Timestamp.init(seconds:))
        subject = AccessSubject(
            userID: user.id, role: user.role, permissions: user.permissions,
            tokenScope: pendingDuty == nil ? tokenScope : .none, hasVerifiedAddress: user.isVerified)
    }

    /// Whether the token is valid without any leeway, and the user may still sign in.
    func isCurrent(at now: Timestamp) -> Bool {
        let seconds = now.seconds
        return seconds < claims.expiresAtSeconds && claims.issuedAtSeconds <= seconds
            && claims.notBeforeSeconds ?? seconds <= seconds && user.mayHoldSession(at: now)
    }

    /// The most bytes that are kept for later answers: what users may store must not fill the memory.
    static let maximumRenderedBytes = 2_048

    /// Bytes that an adapter derives from the principal once and then answers with repeatedly; more than 2 KiB are derived each
    /// time.
    ///
    /// `make` is pure, and called at most a few times for each principal whose bytes are kept. All calls must pass the same function.
    public func rendered(by make: (User) -> [UInt8]) -> [UInt8] {
        if let bytes = rendering.withLock({ $0 }) { return bytes }
        let bytes = make(user)
        if bytes.count <= Self.maximumRenderedBytes { rendering.withLock { $0 = bytes } }
        return bytes
    }
}
