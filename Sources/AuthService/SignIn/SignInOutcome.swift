// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

/// What a step of signing in came to.
public enum SignInOutcome: Sendable {
    /// The session is open.
    case signedIn(TokenPair)
    /// The first proof is right, and a second factor must be answered: ``SignInService/complete(_:with:from:)``.
    case pending(PendingSignIn)

    /// The tokens of the session; `nil` while a second factor must be answered.
    public var tokens: TokenPair? {
        switch self {
        case .signedIn(let pair): pair
        case .pending: nil
        }
    }
}

/// A sign-in whose first proof is right, to be completed within ten minutes.
///
/// It opens nothing by itself, and nothing that goes with a completed sign-in has happened yet: no session, no device
/// token, no forgiven failure.
public struct PendingSignIn: Sendable {
    /// How long a pending sign-in may be completed.
    public static let lifetime = Duration.seconds(600)

    /// The user's factors, of which one must be answered.
    public let factors: [SignInFactor]
    /// When it can be completed no longer.
    public let expiresAt: Timestamp

    let first: AuthenticationMethod
    let origin: SignInOrigin
    let userID: UserID
    /// The user's epoch when the first proof was given: whatever revokes all tokens voids the sign-in.
    let epoch: UserEpoch
}

extension PendingSignIn: CustomStringConvertible, CustomReflectable {
    /// Names the user.
    public var description: String { "PendingSignIn(user: \(userID))" }
    /// Shows nothing.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// What a sign-in brings along from its first step to the session.
struct SignInOrigin: Sendable {
    /// What the session is to be used for.
    let scope: Scope?
    /// The known device from which it is made.
    let device: DeviceTokens.DeviceID?
    /// The stored hash to which the device is bound.
    let passwordHash: StoredPasswordHash
    /// What the same browser holds already.
    let replaced: RefreshTokenContent?
}
