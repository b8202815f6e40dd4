// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

extension MailRequestAnswers {
    /// Mails to an address that a user requests: a token if it is free, and otherwise a notice to its owner.
    func answerAddressChange(_ question: Question) async throws(AuthError) {
        let (request, context) = (question.request, question.context)
        guard let id = request.userID else { throw .internalFailure }
        let holder = try await core.credential(for: .email(question.address))
        // A user who has requested it before may have it by now.
        guard holder?.user.id != id else {
            return try await end(question, .emailVerificationRequested, refusal: "already_verified", target: id)
        }
        let lifetime = tokens.lifetime(of: .emailVerification)
        let proposal = StoredProposal(request: request, expiresAt: context.now + lifetime)
        let kind = holder == nil ? MailKind.addressProposal.rawValue : MailTemplate.addressAlreadyRegistered.name
        let mail = OutboxEntry(
            .mail, kind: kind, about: id, to: question.address.original,
            details: holder == nil ? proposal?.details ?? [:] : [:], expiresAt: context.now + lifetime, in: context)
        try await end(
            question, .emailVerificationRequested, refusal: holder == nil ? nil : "identifier_taken", target: id,
            mail: mail)
    }
}

extension StoredProposal {
    /// What a request for another address keeps of the user as they were.
    static func request(of user: User) -> [String: String] {
        ["epoch": "\(user.epoch.value)", "replaced": user.email?.canonical ?? ""]
    }

    /// What such a request proposes.
    init?(request: MailRequest, expiresAt: Timestamp) {
        guard let epoch = request.details["epoch"].flatMap({ Int64($0) }), let replaced = request.details["replaced"]
        else { return nil }
        self.init(epoch: UserEpoch(epoch), replaced: replaced, expiresAt: expiresAt)
    }
}
