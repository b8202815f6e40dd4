// SPDX-License-Identifier: Apache-2.0

internal import AuthHTTPServer

/// Finds the access token of a request, in the one place where it stands.
struct CredentialReader: Sendable {
    /// An access token, and where it stood.
    struct Credential {
        let accessToken: String
        let isCookie: Bool
    }

    private let browsers: CookieSessions
    private let proxies: ProxyTrust

    init(_ configuration: HTTPConfiguration) {
        browsers = CookieSessions(configuration)
        proxies = configuration.proxies
    }

    /// The access token of a request.
    ///
    /// A question is asked on behalf of another request and changes nothing itself: a foreign page is then no reason to refuse,
    /// and what is wrong with the credentials is always 401.
    ///
    /// - Throws: `.unauthenticated`; `.ambiguousCredentials` where a bearer token and cookies name two callers, perhaps
    ///   different ones; `.csrfRefused`; whatever ``BearerToken`` throws. Only `.unauthenticated` and `.invalidToken` for
    ///   a question: to a proxy that asks, everything else is a fault of the site.
    func credential(of context: RequestContext, isQuestion: Bool) throws(Refusal) -> Credential {
        guard isQuestion else { return try find(in: context, isQuestion: false) }
        do throws(Refusal) {
            return try find(in: context, isQuestion: true)
        } catch {
            guard error.kind.status != .unauthorized else { throw error }
            var refusal = Refusal(.unauthenticated)
            refusal.reason = error.kind.code
            throw refusal
        }
    }

    private func find(in context: RequestContext, isQuestion: Bool) throws(Refusal) -> Credential {
        if let token = try BearerToken.find(in: context.fields) {
            guard !context.fields.hasCookie || !browsers.isHeld(in: context.request) else {
                throw Refusal(.ambiguousCredentials)
            }
            return Credential(accessToken: token, isCookie: false)
        }
        guard context.fields.hasCookie, let token = browsers.accessToken(in: context.request),
            browsers.isOffered(to: ClientAddress(context.request, trust: proxies))
        else { throw Refusal(.unauthenticated) }
        guard isQuestion || browsers.maySend(context.request) else { throw Refusal(.csrfRefused) }
        return Credential(accessToken: token, isCookie: true)
    }
}
