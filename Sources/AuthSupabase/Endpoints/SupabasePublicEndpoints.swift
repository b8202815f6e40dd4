// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTP
internal import AuthHTTPServer
internal import AuthService

/// What tells of the service itself; answered from memory.
extension SupabaseEndpoints {
    var publicEndpoints: [Endpoint] {
        [
            route(.get, "/health", "supabaseHealth", limit: .none, immediate: { call in health(call) }) { call in
                health(call)
            },
            route(.get, "/settings", "supabaseSettings", limit: .none, immediate: { call in settings(call) }) { call in
                settings(call)
            },
            route(.get, "/.well-known/jwks.json", "supabaseKeySet", limit: .none, immediate: { call in keySet(call) }) {
                call in
                keySet(call)
            },
        ]
    }

    private func health(_ call: Call) -> Reply {
        call.replies.json { body in
            body.member("name", "authd")
            body.member("version", configuration.version)
            body.member("description", "Supabase's API of authd")
        }
    }

    private func settings(_ call: Call) -> Reply {
        let settings = supabase.publicSettings()
        return call.replies.json { body in
            body.member(
                "external",
                object: { external in
                    external.member("email", settings.isEmailOn)
                    external.member("phone", false)
                    external.member("anonymous_users", settings.isAnonymousOn)
                    for provider in settings.providers { external.member(provider, true) }
                })
            body.member("disable_signup", settings.isSignUpDisabled)
            body.member("mailer_autoconfirm", settings.isAutoconfirmed)
            body.member("phone_autoconfirm", false)
            body.member("sms_provider", "")
            body.member("saml_enabled", false)
            body.member("passkeys_enabled", false)
        }
    }

    private func keySet(_ call: Call) -> Reply {
        Reply(
            .ok,
            call.replies.publicBlock(contentType: "application/json", cacheControl: "public, max-age=600"),
            body: supabase.jwks())
    }
}
