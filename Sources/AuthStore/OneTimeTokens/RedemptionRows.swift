// SPDX-License-Identifier: Apache-2.0

package import AuthCore

/// A proof of the mailbox, and the locked rows that it is judged by.
package struct RedemptionRows: Sendable {
    /// What the client shows.
    package let proof: MailboxProof
    /// The flow that the proof is about; `nil` for an unknown one, and for a token that was made without a flow.
    package let flow: MailedFlow?
    /// The token that the proof names, or that belongs to the flow that it names.
    package let token: OneTimeToken?
    /// The user of the token.
    package let user: User?

    /// Gathers rows.
    package init(_ proof: MailboxProof, flow: MailedFlow?, token: OneTimeToken?, user: User?) {
        self.proof = proof
        self.flow = flow
        self.token = token
        self.user = user
    }

    /// What the rows come to.
    enum Decision {
        /// The user as it is now, and what the token does.
        case accept(User, OneTimeTokenEffect)
        /// Nothing but the count of wrong codes is changed.
        case refuse(Refusal)
    }

    /// Why nothing is changed, and what is written about it.
    struct Refusal {
        let reason: OneTimeTokenRefusal
        let triesLeft: Int64?
        let counting: [StoreWrite]
    }

    /// Decides for a purpose, as T2 says: the proof first, then the token.
    ///
    /// `settingPassword` says whether a new password comes with the proof; `change` is the stored change that the token undoes.
    func decide(
        for purpose: OneTimeTokenPurpose, showing: CredentialGeneration?, settingPassword: Bool = false,
        undoing change: AddressChange? = nil, at now: Timestamp
    ) -> Decision {
        let proven: Proven
        switch judge(demanding: purpose.demand(settingPassword: settingPassword), at: now) {
        case .failure(let refusal): return .refuse(refusal)
        case .success(let found): proven = found
        }
        let user = proven.user
        let circumstances = ProofCircumstances(shown: flow?.shown, isHere: proven.isHere, showing: showing)
        switch proven.token.redeem(for: purpose, user: user, by: circumstances, undoing: change, at: now) {
        case .accept(let effect): return .accept(user, effect)
        case .refuse(let reason): return .refuse(Refusal(reason: reason, triesLeft: nil, counting: []))
        }
    }

    /// What a proof that holds is about.
    struct Proven {
        let user: User
        let token: OneTimeToken
        let isHere: Bool
    }

    /// Whether the proof holds, and is what is demanded.
    func judge(demanding demand: ProofDemand, at now: Timestamp) -> Result<Proven, Refusal> {
        let unknown = Refusal(reason: .unknown, triesLeft: nil, counting: [])
        // The link of a token that is gone is unknown, whatever was typed beside it.
        if proof.tokenKey != nil, token == nil { return .failure(unknown) }
        switch proof.judge(flow, demanding: demand, at: now) {
        case .tooLittle:
            return .failure(Refusal(reason: .wrongCode, triesLeft: nil, counting: []))
        case .wrongCode:
            return .failure(wrongCode(at: now))
        case .shown(let isHere):
            // Where no mail was sent there is no code either, and the same answer as to a wrong one.
            if proof.tokenKey == nil, flow?.token == nil { return .failure(wrongCode(at: now)) }
            guard let token, let user, token.userID == user.id else { return .failure(unknown) }
            return .success(Proven(user: user, token: token, isHere: isHere))
        }
    }

    private func wrongCode(at now: Timestamp) -> Refusal {
        guard let flow, let left = flow.triesLeft(afterOneMoreAt: now) else {
            return Refusal(reason: .wrongCode, triesLeft: nil, counting: [])
        }
        return Refusal(reason: .wrongCode, triesLeft: left, counting: [.countWrongCode(flow.id)])
    }
}

extension RedemptionRows.Refusal: Error {}
