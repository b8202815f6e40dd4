// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService

/// What an access token says of itself, none of it verified, and how its key stands.
struct TokenInspection: Sendable {
    private let header: JWSHeader
    private let claims: AccessTokenClaims?
    private let supabase: SupabaseTokenClaims?
    private let key: String

    /// Whether the token has the form of those of Supabase's API, which is not that of authd's own.
    var isOfSupabase: Bool { supabase != nil }

    init(_ token: UnverifiedJWS, key: String) {
        header = token.header
        claims = try? AccessTokenClaims(payload: token.payload)
        // authd's own are typed `at+jwt`.
        let isPlain = token.header.type.map { ASCIICase.matches($0, lowercase: "jwt") } ?? true
        let read = try? SupabaseTokenClaims(payload: token.payload)
        supabase = isPlain && read?.audience.hasSameOctets(as: "authenticated") == true ? read : nil
        self.key = key
    }

    /// The fields that are shown; without claims, those of the header alone.
    func record(isAccepted: Bool) -> Record {
        func time(_ seconds: Int64?) -> Record.Value {
            .optional(seconds.map { Timestamp(seconds: $0) })
        }
        let issuer: String? = claims?.issuer ?? supabase?.issuer
        let subject: String? = claims?.subject ?? supabase?.subject
        let role: String? = claims?.role ?? supabase?.role
        let session: String? = claims?.sessionID ?? supabase?.sessionID
        let issuedAt: Int64? = claims?.issuedAtSeconds ?? supabase?.issuedAtSeconds
        let expiresAt: Int64? = claims?.expiresAtSeconds ?? supabase?.expiresAtSeconds
        return Record([
            "accepted": .flag(isAccepted), "algorithm": .text(header.algorithm), "type": .optional(header.type),
            "key_id": .optional(header.keyID), "key": .text(key),
            "issuer": .optional(issuer), "subject": .optional(subject), "audience": .list(audience),
            "scope": .optional(claims?.scope), "role": .optional(role),
            "email_verified": claims?.isEmailVerified.map { .flag($0) } ?? .none,
            "session_id": .optional(session), "issued_at": time(issuedAt),
            "not_before": time(claims?.notBeforeSeconds), "expires_at": time(expiresAt),
            "authenticated_at": time(claims?.authenticatedAtSeconds), "epoch": .optional(claims?.epoch),
        ])
    }

    private var audience: [String] {
        if let claims { return claims.audience }
        if let supabase { return [supabase.audience] }
        return []
    }

    /// The state of the key that the header names: one of a stored key, `unknown`, or `shared secret`.
    static func keyState(
        of token: UnverifiedJWS, _ signing: TokenSigning, _ service: AuthService
    ) async throws(CommandFailure) -> String {
        if case .shared = signing { return "shared secret" }
        guard let id = token.header.keyID else { return "not named" }
        let keys = try await CommandFailure.wording { () throws(AuthError) in try await service.keys.list() }
        return keys.first { $0.id == id }?.state.rawValue ?? "unknown"
    }

    /// Why the daemon rejects a token; `nil` where it accepts it.
    static func rejection(of text: String, by service: AuthService) async -> String? {
        do throws(AuthError) {
            _ = try await service.access.authenticate(text)
            return nil
        } catch {
            switch error {
            case .badToken(.wrongIssuer):
                return
                    "The token is rejected: its issuer is not \(service.settings.issuer) (TOKEN_ISSUER, or PUBLIC_URL)."
            case .badToken(.wrongAudience):
                return
                    "The token is rejected: it is for another audience than \(service.settings.audience) (TOKEN_AUDIENCE)."
            case .badToken(let error): return sentence(for: error)
            case .tokenRevoked:
                return
                    "The token is rejected: its session has ended, or its user was deleted, disabled or banned, has another "
                    + "role, or signed out everywhere."
            case .invalid, .invalidCredentials, .emailNotVerified, .tokenMissing, .badRefreshToken, .sessionNotFound,
                .sessionExpired, .sessionEnded, .refreshReused, .userDisabled, .denied, .roleRefused,
                .invitationRefused, .sessionLimitReached, .wrongCode, .mailSignInDisabled, .reauthenticationUnavailable,
                .passwordAlreadySet, .passwordChangeRequired, .reauthenticationRequired, .wrongCurrentPassword,
                .invalidOneTimeToken,
                .identifierTaken, .registrationClosed, .userNotFound, .refused, .scopeNotGranted, .mailUnavailable,
                .tooManyAttempts, .unknownProvider, .providerFlowInvalid, .providerRefused, .identityNotFound,
                .lastWayIn,
                .tooManyIdentities, .tooManyKeys, .overloaded, .unavailable, .internalFailure, .cancelled:
                return CommandFailure(error).sentences.joined(separator: " ")
            @unknown default: return CommandFailure(error).sentences.joined(separator: " ")
            }
        }
    }

    /// Why Supabase's API rejects a token of its form; `nil` where it accepts it.
    static func supabaseRejection(of text: String, by service: AuthService) async -> String? {
        do throws(SupabaseError) {
            _ = try await service.supabase.caller(bearing: text)
            return nil
        } catch {
            return sentence(for: error, issuer: service.settings.supabase?.baseURL ?? "")
        }
    }

    /// One sentence for each way in which Supabase's API rejects a token.
    static func sentence(for error: SupabaseError, issuer: String) -> String {
        switch error {
        case .featureDisabled:
            "The token is rejected: it has the form of Supabase's API, which is off (SUPABASE_API)."
        case .badJWT:
            "The token is rejected by Supabase's API: it has expired, its issuer is not \(issuer), or its signature is not of a "
                + "key of this daemon."
        case .userNotFound: "The token is rejected by Supabase's API: its user was deleted."
        case .userBanned: "The token is rejected by Supabase's API: its user is disabled or banned."
        case .sessionNotFound: "The token is rejected by Supabase's API: its session has ended."
        default: "The token could not be checked: the database or the keys are not available."
        }
    }

    /// One sentence for each fault of a token.
    static func sentence(for error: TokenError) -> String {
        let fault =
            switch error {
            case .malformed: "it is malformed; it may have been cut off or changed on the way"
            case .tooLarge: "it is too long"
            case .unsupportedHeader: "its header asks for what authd does not support"
            case .wrongType: "it is a token of another kind"
            case .unknownKey:
                "no key has its key id; another daemon or another database issued it, or the key was retired"
            case .algorithmMismatch: "its algorithm is not the one of its key"
            case .badSignature: "its signature is not of its key; it was changed, or forged"
            case .uncheckable: "its signature could not be checked for lack of memory; try again"
            case .expired: "it has expired; the client must refresh"
            case .notYetValid: "it is not valid yet; compare the clocks of the hosts"
            case .issuedInFuture: "it was issued in the future; compare the clocks of the hosts"
            case .wrongIssuer: "it has another issuer"
            case .wrongAudience: "it is for another audience"
            case .missingClaim(let claim): "it lacks the claim \(claim)"
            case .badClaim(let claim): "its claim \(claim) is malformed"
            case .revoked: "it was revoked"
            case .revocationsUnknown: "revocations are not known at the moment"
            @unknown default: error.code
            }
        return "The token is rejected: \(fault)."
    }
}
