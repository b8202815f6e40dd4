// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTP
internal import AuthHTTPServer
internal import AuthService

/// Sessions by password, refresh token, code and id token.
extension SupabaseEndpoints {
    var tokenEndpoints: [Endpoint] {
        [
            route(
                .post, "/token", "supabaseToken", limit: .refresh, at: .token, holder: sessionHolder
            ) { (call) async throws(SupabaseError) in try await token(call) }
        ]
    }

    /// What a token is given for.
    private enum Grant: String, CaseIterable {
        case password
        case refreshToken = "refresh_token"
        case pkce
        case idToken = "id_token"
    }

    private func token(_ call: Call) async throws(SupabaseError) -> Reply {
        let query = try SupabaseFields(query: call)
        guard let grant = try query.text("grant_type").flatMap({ Grant(octetsOf: $0) }) else {
            throw .invalidCredentials
        }
        let body = try SupabaseFields(body: call)
        let session: SupabaseSession
        switch grant {
        case .password:
            try await count(call, as: .signIn)
            session = try await supabase.signIn(
                try body.contact(), password: try body.text("password"), from: call.context)
        case .refreshToken:
            session = try await supabase.refresh(try body.text("refresh_token"), from: call.context)
        case .pkce:
            try await count(call, as: .redeem)
            session = try await supabase.exchange(
                code: try body.text("auth_code"), verifier: try body.text("code_verifier"),
                bearing: SupabaseBearer.token(of: call.request), from: call.context)
        case .idToken:
            try await count(call, as: .signIn)
            session = try await supabase.signIn(
                idToken: try body.text("id_token"), provider: try body.text("provider"),
                nonce: try body.text("nonce"), accessToken: try body.text("access_token"), from: call.context)
        }
        return SupabaseSessionRepresentation.reply(session, call)
    }

    /// The session of the refresh token that a request presents, which it is counted against.
    private func sessionHolder(of request: Request, from client: ClientAddress) -> HolderClaim? {
        guard HolderClaim.mayHold("asr_", request.body), let query = RequestTarget(request.target)?.query,
            let pairs = try? FormReader.read(query[...]),
            let grant = pairs.first(where: { $0.name.hasSameOctets(as: "grant_type") })?.value,
            grant.hasSameOctets(as: Grant.refreshToken.rawValue),
            let object = (try? JSONReader.read(request.body))?.objectValue,
            let token = object["refresh_token"]?.stringValue
        else { return nil }
        return service.limits.holder(ofRefreshToken: token).map { HolderClaim(holder: $0) }
    }
}
