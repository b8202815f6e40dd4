// SPDX-License-Identifier: Apache-2.0

#if DEBUG
    import AuthCore
    import AuthService
    import AuthTesting
    import AuthTokens
    import Logging
    import NIOCore
    import NIOEmbedded

    @testable import AuthHTTP
    @testable import AuthHTTPServer

    /// One place that reads text from the network.
    struct WireReader {
        let name: String
        /// The length of the longest text that is tried.
        let octets: Int
        /// Makes everything but the reading itself.
        let prepare: (String) -> () -> Void

        func read(_ text: String) { prepare(text)() }
    }

    /// All the places.
    enum WireReaders {
        static func all() -> [WireReader] {
            let api = Self.api()
            return fields(api) + targets(api) + bodies(api) + supabase(api) + tokens() + library()
        }

        private static let long = 32 * 1024

        // MARK: Header fields

        private static func fields(_ api: SampleAPI) -> [WireReader] {
            let form = "Content-Type: application/x-www-form-urlencoded\r\n"
            let login = "POST /auth/login HTTP/1.1\r\n"
            let fields: [(name: String, start: String, field: String)] = [
                ("Host", "GET /health HTTP/1.1\r\n", "Host: "),
                ("Connection", "GET /health HTTP/1.1\r\n", "Connection: "),
                ("Expect", "GET /health HTTP/1.1\r\n", "Expect: "),
                ("Upgrade", "GET /health HTTP/1.1\r\n", "Upgrade: "),
                ("X-Request-ID", "GET /health HTTP/1.1\r\n", "X-Request-ID: "),
                ("If-None-Match", "GET /.well-known/jwks.json HTTP/1.1\r\n", "If-None-Match: "),
                ("If-None-Match tag", "GET /.well-known/jwks.json HTTP/1.1\r\n", "If-None-Match: \""),
                ("Accept", "GET / HTTP/1.1\r\n", "Accept: "),
                ("Accept parameter", "GET / HTTP/1.1\r\n", "Accept: text/html;a=\""),
                ("Accept weight", "GET / HTTP/1.1\r\n", "Accept: text/html;q="),
                ("Authorization scheme", "GET /auth/me HTTP/1.1\r\n", "Authorization: "),
                ("Authorization", "GET /auth/me HTTP/1.1\r\n", "Authorization: Bearer "),
                ("Cookie name", "GET /auth/me HTTP/1.1\r\n", "Cookie: "),
                ("Cookie", "GET /auth/me HTTP/1.1\r\n", "Cookie: authd_access="),
                ("Cookie twice", "GET /auth/me HTTP/1.1\r\n", "Cookie: authd_access=a; authd_access="),
                ("Origin", "GET /health HTTP/1.1\r\n", "Origin: "),
                ("Origin of a page", login + "X-Auth-Mode: cookie\r\n", "Origin: "),
                ("Sec-Fetch-Site", login + "X-Auth-Mode: cookie\r\n", "Sec-Fetch-Site: "),
                ("X-Auth-Mode", login, "X-Auth-Mode: "),
                ("Content-Type", login, "Content-Type: "),
                ("Content-Type charset", login, "Content-Type: application/json; charset="),
                ("Content-Type quoted", login, "Content-Type: application/json; charset=\""),
                ("Content-Encoding", login + form, "Content-Encoding: "),
                ("User-Agent", login + form, "User-Agent: "),
                ("X-Forwarded-For", login + form, "X-Forwarded-For: "),
            ]
            return fields.map { name, start, field in
                WireReader(name: name, octets: long) { text in
                    let host = name == "Host" ? "" : "Host: localhost:8000\r\n"
                    return api.call(start + host + field + text + "\r\n\r\n")
                }
            } + [
                WireReader(name: "Forwarded", octets: long) { text in
                    { _ = ForwardedHeader.lastElement(of: "for=\(text)"[...].utf8) }
                },
                WireReader(name: "Forwarded quoted", octets: long) { text in
                    { _ = ForwardedHeader.lastElement(of: "for=\"\(text)\", for=192.0.2.1"[...].utf8) }
                },
            ]
        }

        // MARK: Targets

        private static func targets(_ api: SampleAPI) -> [WireReader] {
            let targets: [(name: String, before: String, after: String)] = [
                ("path", "/", ""), ("path parameter", "/problems/", ""), ("query name", "/auth/verify?", "=1"),
                ("query value", "/users?sort=", ""), ("query truth value", "/users?is_active=", ""),
                ("query number", "/users?limit=", ""), ("query role", "/users?role=", ""),
                ("query choice", "/auth/logout?sessions=", ""),
            ]
            return targets.map { name, before, after in
                WireReader(name: name, octets: long / 3) { text in
                    let method = name == "query choice" ? "POST" : "GET"
                    let target = before + PercentEncoding.encode(text) + after
                    return api.call(
                        "\(method) \(target) HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(api.token)\r\n\r\n")
                }
            } + [
                WireReader(name: "target as sent", octets: long) { text in
                    { _ = api.router.match(.get, "/" + text) }
                }
            ]
        }

        // MARK: Bodies

        private static func bodies(_ api: SampleAPI) -> [WireReader] {
            let json: [(String, (String) -> String)] = [
                ("JSON name", { "{\"\($0)\":1}" }),
                ("JSON names", { text in "{\(pieces(text).map { "\"\($0)\":1" }.joined(separator: ","))}" }),
                ("JSON username", { "{\"username\":\"\($0)\",\"password\":\"a\"}" }),
                ("JSON email", { "{\"username\":\"\($0)@a.test\",\"password\":\"a\"}" }),
                ("JSON password", { "{\"username\":\"ada\",\"password\":\"\($0)\"}" }),
                ("JSON scope", { "{\"username\":\"ada\",\"password\":\"a\",\"scope\":\"\($0)\"}" }),
                ("JSON device token", { "{\"username\":\"ada\",\"password\":\"a\",\"device_token\":\"\($0)\"}" }),
                ("JSON truth value", { "{\"username\":\"ada\",\"password\":\"a\",\"remember_me\":\"\($0)\"}" }),
            ]
            let forms: [(String, (String) -> String)] = [
                ("form name", { "username=ada&\($0)=1" }),
                ("form names", { text in pieces(text).prefix(60).map { "\($0)=1" }.joined(separator: "&") }),
                ("form grant type", { "username=ada&password=a&grant_type=\($0)" }),
                ("form username", { "username=\($0)&password=a" }),
                ("form scope", { "username=ada&password=a&scope=\($0)" }),
            ]
            let refresh: [(String, (String) -> String)] = [("JSON refresh token", { "{\"refresh_token\":\"\($0)\"}" })]
            return json.map { api.post("/auth/login", "application/json", $0, octets: long, $1) }
                + forms.map { api.post("/auth/token", "application/x-www-form-urlencoded", $0, octets: long, $1) }
                + refresh.map { api.post("/auth/refresh", "application/json", $0, octets: long, $1) }
        }

        /// Texts of 200 octets and a few more, none of which equals another.
        private static func pieces(_ text: String) -> [String] {
            let count = text.utf8.count / 200
            let scalars = Array(text.unicodeScalars)
            guard count > 0 else { return [text] }
            return (0..<count).map { index in
                let piece = scalars[(index * scalars.count / count)..<((index + 1) * scalars.count / count)]
                return String(String.UnicodeScalarView(piece)) + "\(index)"
            }
        }

        // MARK: Tokens and key sets

        private static func tokens() -> [WireReader] {
            func verified(_ name: String, octets: Int, header: @escaping (String) -> String) -> WireReader {
                WireReader(name: name, octets: octets) { text in
                    let token = Base64URL.encode(header(text).utf8) + ".e30.AAAA"
                    return { _ = try? UnverifiedJWS(parsing: token) }
                }
            }
            func keySet(_ name: String, _ member: @escaping (String) -> String) -> WireReader {
                WireReader(name: name, octets: 12 * 1024) { text in
                    let key = "{\"kty\":\"oct\",\"k\":\"AAAA\",\(member(text))}"
                    let json = Array("{\"keys\":[\(key),\(key)]}".utf8)
                    return { _ = try? JWKSet(json) }
                }
            }
            return [
                verified("JWS header name", octets: 4096) { "{\"alg\":\"HS256\",\"\($0)\":1}" },
                verified("JWS header kid", octets: 4096) { "{\"alg\":\"HS256\",\"kid\":\"\($0)\"}" },
                verified("JWS header typ", octets: 4096) { "{\"alg\":\"HS256\",\"typ\":\"\($0)\"}" },
                verified("JWS header alg", octets: 4096) { "{\"alg\":\"\($0)\"}" },
                keySet("JWK kid") { "\"kid\":\"\($0)\"" },
                keySet("JWK alg") { "\"alg\":\"\($0)\"" },
                keySet("JWK use") { "\"use\":\"\($0)\"" },
                keySet("JWK key_ops") { "\"key_ops\":[\"\($0)\",\"\($0)1\"]" },
                WireReader(name: "claim names", octets: 4096) { text in
                    let payload = Array("{\(pieces(text).map { "\"\($0)\":1" }.joined(separator: ","))}".utf8)
                    return { _ = try? AccessTokenClaims(payload: payload) }
                },
                WireReader(name: "change type", octets: long) { text in
                    let change = "{\"type\":\"\(text)\",\"at\":\"\(text)\"}"
                    let page = "{\"cursor\":\"1\",\"has_more\":false,\"retention_seconds\":1,\"changes\":[\(change)]}"
                    return { _ = ChangePage(json: Array(page.utf8)) }
                },
            ]
        }

        // MARK: Texts that people type

        private static func library() -> [WireReader] {
            [
                WireReader(name: "username", octets: long) { text in { _ = try? Username(text) } },
                WireReader(name: "address", octets: long) { text in { _ = try? EmailAddress(text + "@a.test") } },
                WireReader(name: "domain", octets: long) { text in { _ = try? EmailAddress("a@" + text) } },
                WireReader(name: "label", octets: long) { text in { _ = try? DomainName("xn--\(text).test") } },
                WireReader(name: "full name", octets: long) { text in { _ = try? FullName(text) } },
                WireReader(name: "password", octets: long) { text in { _ = try? Password(text) } },
                WireReader(name: "language", octets: long) { text in { _ = try? LanguageTag(typed: text) } },
                WireReader(name: "wanted language", octets: long) { text in { _ = LanguageTag(mostWantedIn: text) } },
                WireReader(name: "wanted weight", octets: long) { text in
                    { _ = LanguageTag(mostWantedIn: "de;q=" + text) }
                },
                WireReader(name: "permission", octets: long) { text in { _ = Permission(text) } },
                WireReader(name: "scope", octets: long) { text in { _ = Scope(parsing: text) } },
                WireReader(name: "role", octets: long) { text in { _ = Role(text) } },
                WireReader(name: "language tag", octets: long) { text in { _ = LanguageTag(text) } },
                WireReader(name: "Accept-Language", octets: long) { text in
                    { _ = Language.choose(acceptLanguage: [text]) }
                },
                WireReader(name: "Accept-Language list", octets: long) { text in
                    let list = pieces(text).map { "\($0);q=0.5" }.joined(separator: ",")
                    return { _ = Language.choose(acceptLanguage: [list]) }
                },
                WireReader(name: "return target", octets: 2_000) { text in
                    let targets = try? ReturnTargets(["https://app.example.test", "com.example.app:/callback"])
                    return { _ = targets?.admits("https://app.example.test/?" + text) }
                },
                WireReader(name: "provider name", octets: long) { text in { _ = ProviderName(parsing: text) } },
                WireReader(name: "id token claims", octets: 6 * 1024) { text in
                    let claims = "{\"iss\":\"\(text)\",\"sub\":\"a\",\"aud\":[],\"exp\":1,\"iat\":1,\"hd\":\"\(text)\"}"
                    return { _ = try? IDTokenClaims(Array(claims.utf8)) }
                },
                WireReader(name: "discovery document", octets: 30 * 1024) { text in
                    let document = Array("{\"issuer\":\"\(text)\",\"token_endpoint\":\"https://\(text)\"}".utf8)
                    return { _ = try? ProviderMetadata(document, expecting: text) }
                },
                WireReader(name: "role description", octets: long) { text in { _ = try? RoleDescription(text) } },
                WireReader(name: "granted permissions", octets: long) { text in
                    let names = pieces(text)
                    return { _ = try? Scope(granting: names) }
                },
                WireReader(name: "metadata", octets: 4096) { text in
                    var object = JSONObject()
                    for piece in pieces(text) { object[piece] = .string(piece) }
                    let stored = String(decoding: JSONValue.object(object).serialized, as: UTF8.self)
                    let patch = try? MetadataPatch(object)
                    return { _ = try? patch?.applied(to: stored) }
                },
                WireReader(name: "normalization", octets: long) { text in
                    // The ASCII before it keeps ASCII alone from being a shortcut.
                    { _ = UnicodeNormalization.nfc("é" + text) }
                },
            ]
        }
    }
#endif
