// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTP
internal import AuthHTTPServer
internal import AuthService

/// What the contract has and this service does not: each answers as one that is turned off, to those who may call it.
extension SupabaseEndpoints {
    /// Second factors of users.
    var factorEndpoints: [Endpoint] {
        [
            userRoute(.post, "/factors", "supabaseEnroll", limit: .write, refusesAnonymous: true) {
                (_, call) async throws(SupabaseError) in
                let asked = try SupabaseFields(body: call).text("factor_type")
                guard let type = asked.flatMap({ FactorType(octetsOf: $0) }) else {
                    throw .validation(SupabaseWording.badFactorType)
                }
                throw .enrollDisabled(type.rawValue)
            },
            missingFactor(.post, "/factors/{id}/challenge", "supabaseChallenge"),
            missingFactor(.post, "/factors/{id}/verify", "supabaseVerifyFactor"),
            missingFactor(.delete, "/factors/{id}", "supabaseUnenroll"),
        ]
    }

    private enum FactorType: String, CaseIterable {
        case totp
        case phone
        case webauthn
    }

    private func missingFactor(_ method: RequestMethod, _ path: PathTemplate, _ operationID: String) -> Endpoint {
        userRoute(method, path, operationID, limit: .write, refusesAnonymous: true) {
            (_, _) async throws(SupabaseError) in
            throw .factorNotFound
        }
    }

    /// Everything else.
    var offEndpoints: [Endpoint] {
        let sso = route(.post, "/sso", "supabaseSSO", limit: .write) { (_) async throws(SupabaseError) in
            throw .samlDisabled
        }
        let open: [Endpoint] = Self.absentToAnyone.map { absent in
            route(absent.method, absent.path, absent.name, limit: .write) { (_) async throws(SupabaseError) in
                throw .featureDisabled
            }
        }
        let ofUsers: [Endpoint] = Self.absentToUsers.map { absent in
            userRoute(absent.method, absent.path, absent.name, limit: .write) { (_, _) async throws(SupabaseError) in
                throw .featureDisabled
            }
        }
        let ofAdmins: [Endpoint] = Self.absentToAdmins.map { absent in
            adminRoute(absent.method, absent.path, absent.name, limit: .write) { (_, _) async throws(SupabaseError) in
                throw .featureDisabled
            }
        }
        return [sso] + open + ofUsers + ofAdmins
    }

    private typealias Absent = (method: RequestMethod, path: PathTemplate, name: String)

    private static let absentToAnyone: [Absent] = [
        (.post, "/passkeys/authentication/options", "supabasePasskeyOptions"),
        (.post, "/passkeys/authentication/verify", "supabasePasskeyVerify"),
        (.get, "/oauth/authorize", "supabaseOAuthAuthorize"),
        (.post, "/oauth/token", "supabaseOAuthToken"),
        (.post, "/oauth/clients/register", "supabaseOAuthRegister"),
        (.get, "/oauth/userinfo", "supabaseOAuthUserInfo"),
    ]

    private static let absentToUsers: [Absent] = [
        (.post, "/passkeys/registration/options", "supabasePasskeyRegistrationOptions"),
        (.post, "/passkeys/registration/verify", "supabasePasskeyRegistrationVerify"),
        (.get, "/passkeys", "supabasePasskeys"),
        (.patch, "/passkeys/{id}", "supabaseRenamePasskey"),
        (.delete, "/passkeys/{id}", "supabaseDeletePasskey"),
        (.get, "/oauth/authorizations/{id}", "supabaseOAuthAuthorization"),
        (.post, "/oauth/authorizations/{id}/consent", "supabaseOAuthConsent"),
        (.get, "/user/oauth/grants", "supabaseOAuthGrants"),
        (.delete, "/user/oauth/grants", "supabaseRevokeOAuthGrant"),
    ]

    private static let absentToAdmins: [Absent] = [
        (.get, "/admin/oauth/clients", "supabaseOAuthClients"),
        (.post, "/admin/oauth/clients", "supabaseCreateOAuthClient"),
        (.get, "/admin/oauth/clients/{id}", "supabaseOAuthClient"),
        (.put, "/admin/oauth/clients/{id}", "supabaseChangeOAuthClient"),
        (.delete, "/admin/oauth/clients/{id}", "supabaseDeleteOAuthClient"),
        (.post, "/admin/oauth/clients/{id}/regenerate_secret", "supabaseRegenerateOAuthSecret"),
        (.get, "/admin/users/{id}/passkeys", "supabaseUserPasskeys"),
        (.delete, "/admin/users/{id}/passkeys/{passkey}", "supabaseDeleteUserPasskey"),
        (.get, "/admin/custom-providers", "supabaseCustomProviders"),
        (.post, "/admin/custom-providers", "supabaseCreateCustomProvider"),
        (.get, "/admin/custom-providers/{id}", "supabaseCustomProvider"),
        (.put, "/admin/custom-providers/{id}", "supabaseChangeCustomProvider"),
        (.delete, "/admin/custom-providers/{id}", "supabaseDeleteCustomProvider"),
    ]
}
