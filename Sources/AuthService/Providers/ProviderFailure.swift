// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// Why a flow ended without a session or a code: what the browser brings back, and what the audit log has.
struct ProviderFailure: Error {
    let answer: ProviderFlowError
    /// The true reason; `nil` where it has been audited already.
    let reason: String?

    init(_ answer: ProviderFlowError, reason: String?) {
        self.answer = answer
        self.reason = reason
    }

    /// What a fault of the provider leads to.
    init(_ fault: ProviderFault) {
        self.init(ProviderFlowError(fault), reason: "provider_\(fault.rawValue)")
    }

    /// What a refusal with a reason of authd's own leads to.
    init(_ answer: ProviderFlowError, _ refusal: ProviderFlowRefusal) {
        self.init(answer, reason: refusal.rawValue)
    }

    /// What a failed use case leads to, which was audited or told to the operator where it failed.
    init(_ error: AuthError) {
        switch error {
        case .providerRefused(let answer): self.init(answer, reason: nil)
        case .sessionLimitReached: self.init(.sessionLimitReached, reason: nil)
        case .scopeNotGranted: self.init(.accessDenied, reason: nil)
        default: self.init(.temporarilyUnavailable, reason: nil)
        }
    }
}

/// Why authd itself refuses a callback, a code or a nonce; the words of the audit log.
enum ProviderFlowRefusal: String, CaseIterable, Sendable {
    /// The state is none of authd's, or another provider's.
    case unknownState = "provider_unknown_state"
    /// The browser does not hold the cookie of the state.
    case foreignBrowser = "provider_foreign_browser"
    /// The flow took too long.
    case expired = "provider_flow_expired"
    /// The state was used before.
    case replayedState = "provider_replayed_state"
    /// A bare callback, for which nothing was parked, or no more.
    case nothingParked = "provider_nothing_parked"
    /// A callback was parked for this state before, or is too long.
    case notParked = "provider_not_parked"
    /// The user has declined, or the provider does not let them use this client.
    case accessDenied = "provider_access_denied"
    /// `return_to` is none of the targets of the settings.
    case foreignTarget = "provider_foreign_target"
    /// The ticket to link is none of authd's, another provider's, or too old.
    case unknownTicket = "provider_unknown_ticket"
    /// The code was never made, was used, has expired, is void, or belongs to another session.
    case unknownCode = "provider_unknown_code"
    /// The verifier is not the one that the code is for.
    case wrongVerifier = "provider_wrong_verifier"
    /// The nonce was used before.
    case replayedNonce = "provider_replayed_nonce"
    /// The nonce is too old.
    case expiredNonce = "provider_expired_nonce"
}

extension ProviderFlowError {
    /// What the browser brings back where an answer of the provider was refused, or did not come.
    init(_ fault: ProviderFault) {
        switch fault {
        case .unreachable, .timedOut, .refusedAddress: self = .providerUnavailable
        case .badStatus, .providerError: self = .providerError
        case .malformed, .wrongIssuer, .wrongAudience, .wrongNonce, .wrongSignature, .unknownKey, .algorithmRefused,
            .missingSubject, .missingClaim, .expired, .tooOld, .notYetValid, .wrongAccessTokenHash, .subjectsDiffer,
            .wrongAuthorizedParty, .replayed, .answerTooLong, .missingIssuerParameter:
            self = .invalidResponse
        }
    }

    /// What the browser brings back where the provider has said `error`.
    ///
    /// - Source: RFC 6749 §4.1.2.1; `user_cancelled_authorize` is Apple's word.
    init(saidByProvider error: String) {
        switch WireText(error) {
        case "access_denied", "user_cancelled_authorize": self = .accessDenied
        case "temporarily_unavailable": self = .providerUnavailable
        default: self = .providerError
        }
    }
}

extension ServiceCore {
    /// Audits a refused sign-in by a provider; where that fails the operator was told, and the answer stays.
    func noteProviderRefusal(
        _ reason: String, of action: AuditAction = .signIn, target: UserID? = nil, sessionID: SessionID? = nil,
        _ context: OperationContext
    ) async {
        try? await record(action, refusal: reason, target: target, sessionID: sessionID, in: context)
    }

    /// The same for a reason of authd's own.
    func note(
        _ refusal: ProviderFlowRefusal, of action: AuditAction = .signIn, target: UserID? = nil,
        sessionID: SessionID? = nil, _ context: OperationContext
    ) async {
        await noteProviderRefusal(refusal.rawValue, of: action, target: target, sessionID: sessionID, context)
    }
}
