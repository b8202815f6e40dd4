// SPDX-License-Identifier: Apache-2.0

package import AuthCore

extension StorePlan where Outcome == OneTimeTokenIssuance {
    /// Stores a one-time token on the locked row of its user, as T1, T5 and T6 say.
    ///
    /// `others` are the stored tokens of the same user and purpose.
    package static func issueToken(
        _ issued: MailedToken, for user: User?, beside others: [OneTimeToken], context: OperationContext
    ) -> StorePlan {
        let token = issued.token
        guard let user, user.email?.canonical == token.address else { return StorePlan(.refused(.addressChanged)) }
        if let refusal = OneTimeTokenBudget.refusal(of: token, beside: others, at: context.now) {
            return StorePlan(.refused(refusal))
        }
        return StorePlan(.issued, StoreWrite.issue(issued, context))
    }
}

extension StoreWrite {
    /// All writes of a new token: the mail that carries it is one of them.
    static func issue(_ issued: MailedToken, _ context: OperationContext) -> [StoreWrite] {
        let request = AuditEvent(issued.token.purpose.request, target: issued.token.userID, in: context)
        return [.issueToken(issued.token), .appendAudit(request)] + (issued.mail.map { [.enqueue($0)] } ?? [])
    }
}

extension StorePlan where Outcome == RedemptionOutcome {
    /// Redeems a one-time token on its locked row and that of its user, as T2 to T4 say.
    ///
    /// `newHash` is the hash to store when a password is reset; `nil` where an address is verified.
    package static func redeem(
        _ token: OneTimeToken?, for purpose: OneTimeTokenPurpose, user: User?, newHash: StoredPasswordHash?,
        context: OperationContext
    ) -> StorePlan {
        let action: AuditAction
        switch purpose {
        case .passwordReset: action = .passwordReset
        case .emailVerification: action = .emailVerified
        }
        guard let token, let user, token.userID == user.id else {
            return refuse(.unknown, action, token?.userID, context)
        }
        switch token.redeem(for: purpose, user: user, at: context.now) {
        case .refuse(let refusal):
            return refuse(refusal, action, user.id, context)
        case .accept(let changed):
            let writes: [StoreWrite]
            if let newHash {
                writes = StoreWrite.replacePassword(of: changed, by: newHash, context)
            } else {
                writes = [
                    .updateUser(changed), .voidTokens(user.id, purpose), .appendChange(.userChanged(user.id)),
                ]
            }
            let verified = user.isVerified ? [] : StoreWrite.event(.addressVerified, of: user.id, context)
            return StorePlan(
                .accepted(changed),
                writes + [.proveAddress(changed), .appendAudit(AuditEvent(action, target: user.id, in: context))]
                    + verified)
        }
    }

    private static func refuse(
        _ refusal: OneTimeTokenRefusal, _ action: AuditAction, _ target: UserID?, _ context: OperationContext
    ) -> StorePlan {
        StorePlan(
            .refused(refusal),
            [.appendAudit(AuditEvent(action, refusal: refusal.rawValue, target: target, in: context))])
    }
}
