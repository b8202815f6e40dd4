// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
package import AuthHTTP
internal import AuthHTTPServer
package import AuthService

/// Supabase's API below `/auth/v1`: a contract of others, with its own errors and its own way of reading requests.
///
/// It stands in no description of the interface. Only to be mounted where `AuthSettings.supabase` is set.
package struct SupabaseEndpoints: EndpointGroup {
    let service: AuthService
    let configuration: HTTPConfiguration
    /// Which forms may redeem a link.
    let forms: CSRFPolicy
    /// Where a browser keeps the sign-ins by providers that it has begun.
    let cookies: ProviderFlowCookies
    /// Says who may have cookies.
    let browsers: CookieSessions

    /// Takes the service whose users and sessions these are.
    ///
    /// - Parameters:
    ///   - service: Started, and run by the embedder.
    ///   - configuration: That of the interface in which the routes are served.
    package init(service: AuthService, configuration: HTTPConfiguration) {
        self.service = service
        self.configuration = configuration
        forms = CSRFPolicy(configuration)
        cookies = ProviderFlowCookies(configuration)
        browsers = CookieSessions(configuration)
    }

    /// Where the routes are found.
    static let base = "/auth/v1"

    package var mount: Mount { .base("/auth/v1") }

    package var errorForm: ErrorForm { .rendered(SupabaseErrorForm.renderer) }

    package var crossOrigin: CrossOriginForm { SupabaseCORS.form }

    package var isDescribed: Bool { false }

    package var endpoints: [Endpoint] {
        let parts: [[Endpoint]] = [
            publicEndpoints, signUpEndpoints, tokenEndpoints, mailEndpoints, verifyEndpoints, userEndpoints,
            identityEndpoints, providerEndpoints, adminEndpoints, adminUserEndpoints, factorEndpoints, offEndpoints,
        ]
        return parts.flatMap { $0 }
    }

    /// The use cases.
    var supabase: SupabaseService { service.supabase }
}

// MARK: Declaring routes

extension SupabaseEndpoints {
    /// A route's own work, which fails in the contract's terms.
    typealias Work = @Sendable (Call) async throws(SupabaseError) -> Reply

    /// Declares a route.
    ///
    /// Every route is open to the gate: who may call it, the contract says, and the work checks.
    func route(
        _ method: RequestMethod, _ path: PathTemplate, _ operationID: String, limit: LimitClass,
        at surface: SupabaseSurface = .other, isForAdmins: Bool = false,
        holder: (@Sendable (Request, ClientAddress) -> HolderClaim?)? = nil,
        immediate: (@Sendable (Call) -> Reply?)? = nil, _ work: @escaping Work
    ) -> Endpoint {
        Endpoint(
            method: method, path: path, operationID: operationID, tag: .authentication, summary: operationID,
            access: .anyone, limit: limit, holder: holder, replies: [],
            crossOrigin: isForAdmins ? .closed : nil, immediate: immediate,
            handle: { (call: Call) async throws(Refusal) -> Reply in
                do throws(SupabaseError) {
                    return try await work(call)
                } catch {
                    return SupabaseErrorForm.reply(SupabaseFault(error, at: surface), call)
                }
            })
    }

    /// Declares a route that a user calls, with what follows once the user is known.
    func userRoute(
        _ method: RequestMethod, _ path: PathTemplate, _ operationID: String, limit: LimitClass,
        refusesAnonymous: Bool = false,
        _ work: @escaping @Sendable (SupabaseCaller, Call) async throws(SupabaseError) -> Reply
    ) -> Endpoint {
        route(method, path, operationID, limit: limit, at: .user) { (call: Call) async throws(SupabaseError) -> Reply in
            let caller: SupabaseCaller
            do throws(SupabaseError) {
                caller = try await supabase.caller(bearing: SupabaseBearer.token(of: call.request))
            } catch {
                // Not yet a user's own call.
                return SupabaseErrorForm.reply(SupabaseFault(error, at: .other), call)
            }
            if refusesAnonymous, caller.user.isAnonymous { throw .noAuthorization }
            return try await work(caller, call)
        }
    }

    /// Declares a route that a secret key opens, with what follows once the key was checked.
    func adminRoute(
        _ method: RequestMethod, _ path: PathTemplate, _ operationID: String, limit: LimitClass,
        _ work: @escaping @Sendable (SupabaseAdmin, Call) async throws(SupabaseError) -> Reply
    ) -> Endpoint {
        route(
            method, path, operationID, limit: limit, at: .admin, isForAdmins: true
        ) { (call: Call) async throws(SupabaseError) -> Reply in
            try await work(try await administrator(of: call), call)
        }
    }

    /// The key that a call presents.
    private func administrator(of call: Call) async throws(SupabaseError) -> SupabaseAdmin {
        // An `Authorization` that cannot be read is one: `apikey` counts only without any.
        let bearer: String? =
            SupabaseBearer.isPresent(in: call.request) ? (SupabaseBearer.token(of: call.request) ?? "") : nil
        let credential = SupabaseCredential(bearer: bearer, apiKey: SupabaseBearer.apiKey(of: call.request))
        return try await supabase.administrator(
            credential, hasOrigin: !call.request.fields("origin").isEmpty, from: call.context)
    }

    /// Counts a call under a further class.
    ///
    /// - Throws: `.tooManyRequests`.
    func count(_ call: Call, as limitClass: LimitClass) async throws(SupabaseError) {
        guard let countAlso = call.countAlso else { return }
        do throws(Refusal) {
            try await countAlso(limitClass)
        } catch {
            throw .tooManyRequests(seconds: error.retryAfterSeconds ?? 1)
        }
    }

    /// The language that a browser asks for.
    func locale(of call: Call) -> LanguageTag? {
        call.request.field("accept-language").flatMap { LanguageTag(mostWantedIn: $0) }
    }

    /// An object without members.
    func nothing(_ call: Call) -> Reply {
        call.replies.json { _ in }
    }

    /// A redirect.
    ///
    /// - Throws: `.service` for an address that no header field can carry.
    func redirect(to url: String, _ status: Status, _ call: Call) throws(SupabaseError) -> Reply {
        guard url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .service(.internalFailure) }
        var reply = call.replies.empty(status)
        reply.fields.append(("location", url))
        return reply
    }
}
