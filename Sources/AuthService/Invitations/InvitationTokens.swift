// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthStore

extension OneTimeTokenIssuer {
    /// Makes the token of an invitation, its flow and the mail that carries it; nothing is stored.
    ///
    /// No client has asked for it, so there is no handle, and the code lives as long as the link.
    func invitation(
        of user: UserID, _ address: EmailAddress, by administrator: Administrator, _ context: OperationContext
    ) -> MailedToken {
        prepare(
            Order(
                purpose: .invitation, userID: user, address: address, flow: FlowID(core.random.bytes(count: 32)),
                details: administrator.name.map { ["inviter": $0] } ?? [:], counts: false),
            context)
    }
}

extension Administrator {
    /// What the person is called in a mail to others; `nil` for the operator, and for a user without a name.
    fileprivate var name: String? {
        switch self {
        case .user(let principal): principal.user.fullName?.text ?? principal.user.username?.original
        case .commandLine: nil
        }
    }
}
