// SPDX-License-Identifier: Apache-2.0

#if DEBUG
    import AuthCore
    import AuthService

    @testable import AuthHTTPServer

    extension WireReaders {
        /// What the routes of Supabase's API read, and the texts of its rules.
        static func supabase(_ api: SampleAPI) -> [WireReader] {
            supabaseFields(api) + supabaseTargets(api) + supabaseBodies(api) + supabaseTexts()
        }

        private static let longest = 32 * 1024

        private static func supabaseFields(_ api: SampleAPI) -> [WireReader] {
            let user = "GET /auth/v1/user HTTP/1.1\r\n"
            let users = "GET /auth/v1/admin/users HTTP/1.1\r\n"
            let fields: [(name: String, start: String, field: String)] = [
                ("Supabase scheme", user, "Authorization: "),
                ("Supabase token", user, "Authorization: Bearer "),
                ("Supabase version", user, "X-Supabase-Api-Version: "),
                ("Supabase key", users, "apikey: "),
                ("Supabase opaque key", users, "apikey: sb_secret_"),
                ("Supabase origin", "GET /auth/v1/health HTTP/1.1\r\n", "Origin: "),
            ]
            return fields.map { name, start, field in
                WireReader(name: name, octets: longest) { text in
                    api.call(start + "Host: localhost:8000\r\n" + field + text + "\r\n\r\n")
                }
            }
        }

        private static func supabaseTargets(_ api: SampleAPI) -> [WireReader] {
            let targets: [(name: String, method: String, before: String, after: String)] = [
                ("Supabase path", "GET", "/auth/v1/", ""),
                ("Supabase query name", "GET", "/auth/v1/verify?", "=1"),
                ("Supabase link", "GET", "/auth/v1/verify?token=", ""),
                ("Supabase grant", "POST", "/auth/v1/token?grant_type=", ""),
                ("Supabase provider", "GET", "/auth/v1/authorize?provider=", ""),
                ("Supabase scopes", "GET", "/auth/v1/authorize?provider=corp&scopes=", ""),
                ("Supabase target", "GET", "/auth/v1/authorize?provider=corp&redirect_to=", ""),
                ("Supabase callback", "GET", "/auth/v1/callback/corp?state=", ""),
                ("Supabase callback name", "GET", "/auth/v1/callback/", "?state=a"),
            ]
            return targets.map { name, method, before, after in
                WireReader(name: name, octets: longest / 3) { text in
                    let target = before + PercentEncoding.encode(text) + after
                    return api.call("\(method) \(target) HTTP/1.1\r\nHost: localhost:8000\r\n\r\n")
                }
            }
        }

        private static func supabaseBodies(_ api: SampleAPI) -> [WireReader] {
            let bodies: [(name: String, target: String, body: (String) -> String)] = [
                ("Supabase member", "/auth/v1/recover", { "{\"\($0)\":1}" }),
                ("Supabase email", "/auth/v1/recover", { "{\"email\":\"\($0)@a.test\"}" }),
                ("Supabase phone", "/auth/v1/recover", { "{\"phone\":\"\($0)\"}" }),
                (
                    "Supabase challenge", "/auth/v1/recover",
                    { "{\"email\":\"a@a.test\",\"code_challenge\":\"\($0)\",\"code_challenge_method\":\"\($0)\"}" }
                ),
                ("Supabase resend type", "/auth/v1/resend", { "{\"email\":\"a@a.test\",\"type\":\"\($0)\"}" }),
                (
                    "Supabase code", "/auth/v1/verify",
                    { "{\"email\":\"a@a.test\",\"type\":\"email\",\"token\":\"\($0)\"}" }
                ),
                ("Supabase hash", "/auth/v1/verify", { "{\"type\":\"email\",\"token_hash\":\"\($0)\"}" }),
                ("Supabase type", "/auth/v1/verify", { "{\"type\":\"\($0)\",\"token_hash\":\"a\"}" }),
                (
                    "Supabase refresh token", "/auth/v1/token?grant_type=refresh_token",
                    { "{\"refresh_token\":\"asr_\($0)\"}" }
                ),
                (
                    "Supabase auth code", "/auth/v1/token?grant_type=pkce",
                    { "{\"auth_code\":\"\($0)\",\"code_verifier\":\"\($0)\"}" }
                ),
                (
                    "Supabase id token", "/auth/v1/token?grant_type=id_token",
                    { "{\"provider\":\"corp\",\"id_token\":\"\($0)\",\"nonce\":\"\($0)\"}" }
                ),
            ]
            return bodies.map { api.post($0.target, "application/json", $0.name, octets: longest, $0.body) }
        }

        private static func supabaseTexts() -> [WireReader] {
            [
                WireReader(name: "Supabase redirect", octets: 2_000) { text in
                    let list = try? RedirectAllowList(
                        site: "https://app.example.test", globs: ["https://*.example.test/a*b*c/**"])
                    return { _ = list?.admits("https://x.example.test/ab" + text + "c/") }
                },
                WireReader(name: "Supabase claims", octets: 4_096) { text in
                    let claims =
                        "{\"iss\":\"\(text)\",\"sub\":\"a\",\"aud\":[\"\(text)\"],\"exp\":1,\"iat\":1,\"role\":\"a\"}"
                    return { _ = try? SupabaseTokenClaims(payload: Array(claims.utf8)) }
                },
                WireReader(name: "Supabase key claims", octets: 4_096) { text in
                    let claims = "{\"role\":\"\(text)\",\"jti\":\"\(text)\"}"
                    return { _ = try? SupabaseKeyClaims(payload: Array(claims.utf8)) }
                },
                WireReader(name: "Supabase ban", octets: longest) { text in { _ = SupabaseBan.parse("1h" + text) } },
                WireReader(name: "Supabase mail", octets: 3_000) { text in
                    let json = "{\"kind\":\"signup\",\"address\":\"\(text)\",\"redirect_to\":\"a\",\"challenge\":\"\"}"
                    return { _ = SupabaseMail(json: json) }
                },
            ]
        }
    }
#endif
