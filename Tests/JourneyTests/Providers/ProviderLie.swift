// SPDX-License-Identifier: Apache-2.0

/// A lie that `Clients/lying_provider.py` tells, and how it is refused.
struct ProviderLie: Sendable, CustomStringConvertible {
    /// Whose it is; some issuers lie in what they publish.
    let issuer: String
    /// The one of a single sign-in.
    let name: String
    /// What the application is told.
    let error: String
    /// What the audit log says behind `provider_`, one of them.
    let reasons: Set<String>
    /// Whether the provider's documents are the lie, so that it is met before the browser leaves.
    let isPublished: Bool

    var description: String { "\(issuer) \(name)" }

    init(
        _ issuer: String, _ name: String, _ error: String = "invalid_response", published isPublished: Bool = false,
        _ reasons: String...
    ) {
        self.init(issuer, name, error, isPublished, Set(reasons))
    }

    /// The issuers, as many as a daemon offers.
    static let issuers = [
        "truthful", "octkey", "encryptionkey", "smallkey", "emptyset", "insidekeys", "keysredirect", "keysendless",
        "insidetoken", "wrongissuer", "otherissuer", "noissuer", "notjson", "notobject", "noendpoint", "filekeys",
        "aboutredirect", "aboutendless", "abouthangup", "aboutbroken",
    ]

    static let all = claims + signatures + answers + keys + documents

    /// An octet every half second.
    static let slow = ProviderLie("truthful", "token_slow", "provider_unavailable", "timed_out")

    private static let claims = [
        truthful("wrong_issuer", "wrong_issuer"), truthful("foreign_issuer", "wrong_issuer"),
        truthful("wrong_audience", "wrong_audience"), truthful("longer_audience", "wrong_audience"),
        truthful("empty_audience", "wrong_audience"), truthful("no_audience", "wrong_audience", "missing_claim"),
        truthful("wrong_party", "wrong_authorized_party"), truthful("wrong_nonce", "wrong_nonce"),
        truthful("no_nonce", "wrong_nonce", "missing_claim"), truthful("no_subject", "missing_subject"),
        truthful("empty_subject", "missing_subject", "malformed"),
        truthful("long_subject", "missing_subject", "malformed"),
        truthful("number_subject", "missing_subject", "malformed"), truthful("expired", "expired"),
        truthful("no_expiry", "missing_claim"), truthful("text_expiry", "malformed", "missing_claim"),
        truthful("from_tomorrow", "not_yet_valid"), truthful("not_before", "not_yet_valid"),
        truthful("no_issuance", "missing_claim"), truthful("wrong_hash", "wrong_access_token_hash"),
    ]

    private static let signatures = [
        truthful("none", "algorithm_refused"), truthful("None", "algorithm_refused"),
        truthful("public_secret", "algorithm_refused"), truthful("client_secret", "algorithm_refused"),
        truthful("path_kid", "algorithm_refused"), truthful("unsigned", "wrong_signature", "malformed"),
        truthful("foreign_key", "wrong_signature"), truthful("zero_signature", "wrong_signature"),
        truthful("changed", "wrong_signature"), truthful("own_key", "wrong_signature"),
        truthful("own_address", "unknown_key"), truthful("unknown_kid", "unknown_key"),
        truthful("other_kind", "wrong_signature", "unknown_key", "algorithm_refused"),
        truthful("other_algorithm", "wrong_signature", "unknown_key", "algorithm_refused"),
        truthful("critical", "malformed", "algorithm_refused"), truthful("huge", "malformed"),
        truthful("twice", "malformed"), truthful("not_object", "malformed"), truthful("two_parts", "malformed"),
    ]

    private static let answers = [
        truthful("no_iss", "missing_issuer_parameter"), truthful("wrong_iss", "wrong_issuer"),
        truthful("denied_by_another", "wrong_issuer"),
        ProviderLie("truthful", "denied", "access_denied", "access_denied"),
        ProviderLie("truthful", "failed", "provider_error", "provider_error"),
        truthful("no_token", "missing_claim"), truthful("number_token", "malformed"),
        truthful("list_answer", "malformed"), truthful("big_answer", "answer_too_long"),
        truthful("token_notjson", "malformed"), truthful("token_endless", "answer_too_long"),
        ProviderLie("truthful", "token_redirect", "provider_error", "bad_status"),
        ProviderLie("truthful", "token_broken", "provider_error", "bad_status"),
        ProviderLie("truthful", "token_refused", "provider_error", "provider_error"),
        ProviderLie("truthful", "token_hangup", "provider_unavailable", "unreachable"),
        truthful("userinfo_sub", "subjects_differ"),
        truthful("userinfo_nosub", "missing_subject"),
        truthful("userinfo_notjson", "malformed"), truthful("userinfo_endless", "answer_too_long"),
        ProviderLie("truthful", "userinfo_redirect", "provider_error", "bad_status"),
        ProviderLie("truthful", "userinfo_hangup", "provider_unavailable", "unreachable"),
    ]

    private static let keys = [
        ProviderLie("octkey", "", "invalid_response", "algorithm_refused"),
        ProviderLie("encryptionkey", "", "invalid_response", "unknown_key", "wrong_signature"),
        ProviderLie("smallkey", "", "invalid_response", "unknown_key", "wrong_signature"),
        ProviderLie("emptyset", "", "invalid_response", "unknown_key"),
        ProviderLie("keysredirect", "", "provider_error", "bad_status"),
        ProviderLie("keysendless", "", "invalid_response", "answer_too_long"),
        ProviderLie("insidekeys", "", "provider_unavailable", "refused_address"),
        ProviderLie("insidetoken", "", "provider_unavailable", "refused_address"),
    ]

    private static let documents = [
        published("wrongissuer", "wrong_issuer"), published("otherissuer", "wrong_issuer"),
        published("noissuer", "wrong_issuer", "malformed", "missing_claim"), published("notjson", "malformed"),
        published("notobject", "malformed"), published("noendpoint", "malformed", "missing_claim"),
        published("filekeys", "malformed", "refused_address"), published("aboutendless", "answer_too_long"),
        ProviderLie("aboutredirect", "", "provider_error", published: true, "bad_status"),
        ProviderLie("aboutbroken", "", "provider_error", published: true, "bad_status"),
        ProviderLie("abouthangup", "", "provider_unavailable", published: true, "unreachable"),
    ]

    private static func truthful(_ name: String, _ reasons: String...) -> ProviderLie {
        ProviderLie("truthful", name, "invalid_response", false, Set(reasons))
    }

    private static func published(_ issuer: String, _ reasons: String...) -> ProviderLie {
        ProviderLie(issuer, "", "invalid_response", true, Set(reasons))
    }

    private init(_ issuer: String, _ name: String, _ error: String, _ isPublished: Bool, _ reasons: Set<String>) {
        self.issuer = issuer
        self.name = name
        self.error = error
        self.isPublished = isPublished
        self.reasons = reasons
    }
}
