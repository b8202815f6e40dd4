// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthService

/// A request that completes a mailed action, as it was read.
struct FlowCompletion {
    /// What the route completes.
    let action: MailedAction
    /// Whether the client keeps tokens and handles in cookies.
    let inCookies: Bool
    /// What was shown of the mail; `nil` has left a violation behind.
    private let proof: ActionProof?
    /// The body, for the fields that are the route's own.
    var fields: FieldReader

    init(action: MailedAction, inCookies: Bool, proof: ActionProof?, fields: FieldReader) {
        self.action = action
        self.inCookies = inCookies
        self.proof = proof
        self.fields = fields
    }

    /// What was shown of the mail, after all fields were read.
    ///
    /// - Throws: Everything that was found wrong with the fields, as one refusal.
    func checkedProof() throws(Refusal) -> ActionProof {
        try fields.check()
        guard let proof else { throw fields.refusal }
        return proof
    }
}
