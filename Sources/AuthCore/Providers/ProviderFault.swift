// SPDX-License-Identifier: Apache-2.0

/// What is wrong with an answer of a provider, or with the way to it; the words of the audit log.
///
/// Clients get a ``ProviderFlowError`` instead, which tells less.
public enum ProviderFault: String, Error, Hashable, Sendable, CaseIterable {
    /// A document, an answer, a token or a claim of another form than it must have.
    case malformed
    /// Another issuer than the provider's.
    case wrongIssuer = "wrong_issuer"
    /// A token for another client.
    case wrongAudience = "wrong_audience"
    /// A token that was given to another client, as `azp` says.
    case wrongAuthorizedParty = "wrong_authorized_party"
    /// A token without the nonce of the flow.
    case wrongNonce = "wrong_nonce"
    /// The signature is not the key's over this text.
    case wrongSignature = "wrong_signature"
    /// None of the provider's keys is the one that the token names.
    case unknownKey = "unknown_key"
    /// An algorithm that is not accepted, or not the key's: `none` and HMAC always.
    case algorithmRefused = "algorithm_refused"
    /// No subject, an empty one, or one that is too long.
    case missingSubject = "missing_subject"
    /// A claim or a member of an answer is absent that must be there.
    case missingClaim = "missing_claim"
    /// The token's expiry is past.
    case expired
    /// The token was issued too long ago.
    case tooOld = "too_old"
    /// The token was issued, or is valid, at a time that has not come.
    case notYetValid = "not_yet_valid"
    /// The access token is not the one that the id token was issued with.
    case wrongAccessTokenHash = "wrong_access_token_hash"
    /// The userinfo endpoint tells of another user than the id token.
    case subjectsDiffer = "subjects_differ"
    /// The token was presented before.
    case replayed
    /// The provider cannot be reached.
    case unreachable
    /// The provider did not answer in time.
    case timedOut = "timed_out"
    /// The provider's address is not one that may be fetched.
    case refusedAddress = "refused_address"
    /// The answer is longer than it may be.
    case answerTooLong = "answer_too_long"
    /// The answer has another status than 200.
    case badStatus = "bad_status"
    /// The provider answered with an error of the protocol.
    case providerError = "provider_error"
    /// The callback does not name the issuer, though the provider announces that it does (RFC 9207).
    case missingIssuerParameter = "missing_issuer_parameter"
}
