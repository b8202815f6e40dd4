// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

/// The outcome of a step of signing in.
public enum SignInOutcome: Sendable {
    /// The session is open.
    case signedIn(TokenPair)
    /// The first credential is right, and a second factor must be answered: ``SignInService/complete(_:with:from:)``.
    case pending(PendingSignIn)

    /// The tokens of the session; `nil` while a second factor must be answered.
    public var tokens: TokenPair? {
        switch self {
        case .signedIn(let pair): pair
        case .pending: nil
        }
    }
}

/// A sign-in whose first credential is right, to be completed within ten minutes.
///
/// It gives no access by itself, and the effects of a completed sign-in have not happened yet: no session, no device
/// token, no reset of failures.
public struct PendingSignIn: Sendable {
    /// How long a pending sign-in may be completed.
    public static let lifetime = Duration.seconds(600)

    /// The user's factors, of which one must be answered.
    public let factors: [SignInFactor]
    /// When it expires.
    public let expiresAt: Timestamp

    let first: AuthenticationMethod
    let origin: SignInOrigin
    let userID: UserID
    /// The user's epoch when the first credential was checked: revoking all tokens voids the sign-in.
    let epoch: UserEpoch
}

extension PendingSignIn: CustomStringConvertible, CustomReflectable {
    /// Names the user.
    public var description: String { "PendingSignIn(user: \(userID))" }
    /// Shows nothing.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// The data that a sign-in carries from its first step to the session.
struct SignInOrigin: Sendable {
    /// The requested scope.
    let scope: Scope?
    /// The known device from which it is made.
    let device: DeviceTokens.DeviceID?
    /// The proof of the mailbox that opens the session; `nil` where a password does.
    var proof: MailboxProof? = nil
    /// The refresh token that the same browser already has.
    let replaced: RefreshTokenContent?
}
