// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

extension SignInService {
    /// Mails a link and a code that make a device known: the owner's way in from a new device while an attack on the password has
    /// used up what unknown devices may try.
    ///
    /// To prevent user enumeration, the answer comes before anything is looked up.
    ///
    /// - Returns: What makes the device known together with the code of the mail.
    /// - Throws: `.mailUnavailable`, `.overloaded`, `.unavailable`, `.cancelled`.
    public func requestUnlock(
        of address: EmailAddress, from client: ClientContext
    ) async throws(AuthError) -> FlowHandle {
        try await mail.request(.unlock, about: address, from: client, core.context(client))
    }

    /// Makes the client a known device of the user, with a budget of its own for failed passwords.
    ///
    /// It opens no session, and clears no other budget. The token of a link alone is not enough, as for
    /// ``withMail(_:scope:device:replacing:from:)``. The proof also verifies the address, and voids the credentials that were never
    /// shown with one.
    ///
    /// - Returns: What the client presents when it signs in.
    /// - Throws: `.wrongCode`, `.invalidOneTimeToken` for every other fault of the proof, `.unavailable`, `.cancelled`.
    public func unlock(_ proof: ActionProof, from client: ClientContext) async throws(AuthError) -> DeviceToken {
        let context = core.context(client)
        let presented = try await tokens.present(proof, for: .unlock, context)
        let outcome = try await core.commit(at: context.now) { store throws(StoreError) in
            try await store.redeemUnlock(presented.proof, context: context)
        }
        let user = try outcome.accepted().user
        return devices.token(for: nil, of: user, at: context.now, random: core.random)
    }
}

extension MailRequestAnswers {
    /// Mails a way to make a device known if a user who may sign in has the address.
    func answerUnlock(_ question: Question) async throws(AuthError) {
        guard let (user, address) = try await recipient(of: question) else { return }
        try await issue(question, for: user, address)
    }
}
