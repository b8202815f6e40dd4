// SPDX-License-Identifier: Apache-2.0

/// What a client shows that completes a mailed action.
///
/// A code is given as its digests under the current key and earlier ones.
public enum MailboxProof: Hashable, Sendable {
    /// The token of the link alone: opened in a browser that did not ask.
    case link(OneTimeTokenKey)
    /// The token of the link, and the handle of the same flow: opened in the browser that asked.
    case linkHere(OneTimeTokenKey, FlowID)
    /// The token of the link, and the code typed on its page, in a browser that did not ask.
    case linkAndCode(OneTimeTokenKey, [[UInt8]])
    /// The handle, and the code typed where it was asked for.
    case code(FlowID, [[UInt8]])

    /// The token that it names itself.
    public var tokenKey: OneTimeTokenKey? {
        switch self {
        case .link(let key), .linkHere(let key, _), .linkAndCode(let key, _): key
        case .code: nil
        }
    }

    /// The flow that it names itself.
    public var flowID: FlowID? {
        switch self {
        case .linkHere(_, let id), .code(let id, _): id
        case .link, .linkAndCode: nil
        }
    }

    /// What a proof comes to for the flow that it is about; `nil` for a token that was made without a flow.
    ///
    /// - Parameters:
    ///   - flow: The flow.
    ///   - demand: What the action demands; a store asks with that of `OneTimeTokenPurpose.demand(settingPassword:)`.
    ///   - now: The instant of the operation.
    /// - Returns: A refusal, or whether the client is the one that asked.
    public func judge(_ flow: MailedFlow?, demanding demand: ProofDemand, at now: Timestamp) -> Judgement {
        switch self {
        case .link:
            return Self.judgeLink(isHere: false, demand)
        case .linkHere(_, let id):
            // The handle of another flow proves nothing more, and takes nothing away from the link.
            return Self.judgeLink(isHere: flow?.id == id && flow?.isOpen(at: now) == true, demand)
        case .linkAndCode(_, let code):
            guard let flow, flow.accepts(code, at: now) else { return .wrongCode }
            return .shown(isHere: false)
        case .code(_, let code):
            guard let flow, flow.accepts(code, at: now) else { return .wrongCode }
            return .shown(isHere: true)
        }
    }

    /// Whether a link without a code is enough.
    private static func judgeLink(isHere: Bool, _ demand: ProofDemand) -> Judgement {
        switch demand {
        case .link: .shown(isHere: isHere)
        case .hereOrCode: isHere ? .shown(isHere: true) : .tooLittle
        case .code: .tooLittle
        }
    }

    /// The outcome of looking at a proof.
    public enum Judgement: Hashable, Sendable {
        /// The mailbox was proven; by the client that asked, or by another one.
        case shown(isHere: Bool)
        /// The link is not enough for what is to be done: a code is missing, which counts as no try.
        case tooLittle
        /// The code is wrong, too old or void.
        case wrongCode
    }
}

/// What a proof of the mailbox does to the credentials that a user had before it.
///
/// A credential is bound to the address once it was shown in the same flow as a proof of the mailbox. A stranger may have set
/// one that is not: by registering with another person's address.
public enum BindingEffect: Hashable, Sendable {
    /// They stay as they are.
    case keep
    /// They are bound from now on.
    case bind
    /// They are voided: the password is removed, sessions end and devices become unknown.
    case void

    /// Decides on the locked rows of a flow and its user.
    ///
    /// - Parameters:
    ///   - user: The user as stored.
    ///   - shown: The generation of the credential that the client had shown when it asked for the mail.
    ///   - isHere: Whether the client that asked is the one that completes.
    ///   - showing: The generation of a credential that was shown with the proof itself: the password, typed on the page, or a
    ///     live session.
    /// - Returns: What the proof does.
    public static func of(
        _ user: User, shown: CredentialGeneration?, isHere: Bool, showing: CredentialGeneration? = nil
    ) -> BindingEffect {
        guard !user.isBound else { return .keep }
        if showing == user.credentialGeneration { return .bind }
        guard shown == user.credentialGeneration else { return .void }
        return isHere ? .bind : .keep
    }
}
