// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// What a user shows in a live session to prove again who they are.
public enum ReauthenticationProof: Hashable, Sendable {
    /// The current password, which was checked outside of the transaction: it counts while the user's credentials are still of
    /// this generation.
    case password(CredentialGeneration)
    /// The code of a flow of the purpose `.reauthentication`, as its digests under the current key and earlier ones.
    case code(FlowID, [[UInt8]])

    /// The flow that it names.
    package var flowID: FlowID? {
        switch self {
        case .password: nil
        case .code(let id, _): id
        }
    }
}

/// The outcome of proving again who the user is.
public enum ReauthenticationOutcome: Hashable, Sendable {
    /// Done; answer with the token of `session.rotation.counter` and an access token for this user.
    case accepted(Session, User)
    /// The session is unknown, has ended or expired, or its user may not hold one.
    case sessionOver
    /// The password was replaced since it was checked.
    case stale
    /// Nothing was changed but the count of wrong codes.
    case refused(OneTimeTokenRefusal, triesLeft: Int64?)
}
