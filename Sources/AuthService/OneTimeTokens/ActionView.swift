// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// What a page says of a mailed action.
public struct ActionView: Hashable, Sendable {
    /// Whether the action can be completed.
    public enum State: String, Hashable, Sendable, CaseIterable {
        /// It can.
        case open
        /// The link was used, or a later step of the user's made it void.
        case used
        /// The link has expired.
        case expired
        /// The action has ended, or can no longer be completed, as where the user's address is another one.
        case ended
    }

    /// What the action is for.
    public let purpose: OneTimeTokenPurpose
    /// The user's name; the address where there is none, and where the client has shown no more than a handle.
    public let user: String
    /// The address that the mail went to; as it was typed, where the client has shown no more than a handle.
    public let address: String
    /// When, and from where, it was asked for.
    public let origin: ActionOrigin
    /// Whether this client is the one that asked.
    public let isHere: Bool
    /// Whether a code can be typed now.
    public let acceptsCode: Bool
    /// How many codes may be typed.
    public let triesLeft: Int
    /// Whether the action can be completed.
    public let state: State

    /// Describes a mailed action.
    public init(
        purpose: OneTimeTokenPurpose, user: String, address: String, origin: ActionOrigin, isHere: Bool,
        acceptsCode: Bool, triesLeft: Int, state: State
    ) {
        self.purpose = purpose
        self.user = user
        self.address = address
        self.origin = origin
        self.isHere = isHere
        self.acceptsCode = acceptsCode
        self.triesLeft = triesLeft
        self.state = state
    }

    init(_ flow: MailedFlow, user: String, isHere: Bool, state: State, at now: Timestamp) {
        let left = MailedFlow.wrongCodesAllowed - flow.wrongCodes
        let acceptsCode = state == .open && flow.acceptsCode(at: now)
        self.init(
            purpose: flow.purpose, user: user, address: flow.recipient, origin: flow.origin, isHere: isHere,
            acceptsCode: acceptsCode, triesLeft: acceptsCode ? Int(clamping: left) : 0, state: state)
    }
}
