// SPDX-License-Identifier: Apache-2.0

package import AuthCore
package import AuthHTTPServer

/// Makes replies with the header fields that their class must have.
package struct ReplyFactory: Sendable {
    /// JSON for the caller alone, which no cache may store.
    private let json: HeaderBlock
    private let problem: HeaderBlock
    /// For a reply without a body, which no cache may store either.
    private let empty: HeaderBlock
    private let security: [(name: String, value: String)]
    private let problemBase: String
    private let realm: String

    init(_ configuration: HTTPConfiguration) {
        var security: [(name: String, value: String)] = [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-resource-policy", "same-origin"),
        ]
        if configuration.isSecure {
            security.append(("strict-transport-security", "max-age=31536000; includeSubDomains"))
        }
        if !configuration.allowedOrigins.isEmpty {
            security.append(("vary", "origin"))
        }
        self.security = security
        let common = security + [Self.closedPolicy]
        let noStore = common + [("cache-control", "no-store")]
        json = HeaderBlock([("content-type", "application/json")] + noStore)
        problem = HeaderBlock([("content-type", "application/problem+json")] + noStore)
        empty = HeaderBlock(noStore)
        problemBase = configuration.publicURL ?? ""
        realm = BearerChallenge.realm(from: configuration.appName)
    }

    /// A page that loads nothing and stands in no frame.
    private static let closedPolicy = (
        name: "content-security-policy", value: "default-src 'none'; frame-ancestors 'none'"
    )

    /// JSON for the caller alone.
    package func json(_ body: [UInt8], status: Status = .ok) -> Reply {
        Reply(status, json, body: body)
    }

    /// JSON whose members `write` writes.
    package func json(_ status: Status = .ok, _ write: (inout JSONWriter) -> Void) -> Reply {
        var writer = JSONWriter()
        writer.object(write)
        return Reply(status, json, body: writer.bytes)
    }

    /// The reply of operations that have no result: a message and `success`.
    package func message(_ text: String, status: Status = .ok) -> Reply {
        json(status) { body in
            body.member("message", text)
            body.member("success", true)
        }
    }

    /// A reply without a body.
    package func empty(_ status: Status = .noContent) -> Reply {
        Reply(status, empty)
    }

    /// Fields for a public document that caches may store.
    ///
    /// `policy` says what a page may load. `isNegotiated` is set for a document that has another form for clients with
    /// another `Accept`.
    package func publicBlock(
        contentType: String, cacheControl: String, policy: String? = nil, isNegotiated: Bool = false
    ) -> HeaderBlock {
        HeaderBlock(
            [("content-type", contentType), ("cache-control", cacheControl)] + security
                + (isNegotiated ? [("vary", "accept")] : [])
                + [policy.map { ("content-security-policy", $0) } ?? Self.closedPolicy])
    }

    /// The answer to a refused request, in the form of its route; as a problem document where no request could be read.
    package func refusal(_ refusal: Refusal, id: RequestID?, as form: ErrorForm, for request: Request?) -> Reply {
        switch (form, request) {
        case (.rendered(let renderer), let request?): renderer.render(refusal, request, id, self)
        case (.rendered, nil), (.problem, _): problem(refusal, id: id)
        }
    }

    /// The answer to a refused request, as a problem document.
    package func problem(_ refusal: Refusal, id: RequestID?) -> Reply {
        var fields: [(name: String, value: String)] = []
        if let challenge = BearerChallenge.value(for: refusal, realm: realm) {
            fields.append(("www-authenticate", challenge))
        }
        if let seconds = refusal.retryAfterSeconds {
            fields.append(("retry-after", "\(seconds)"))
        }
        if refusal.isAboutCoding {
            fields.append(("accept-encoding", "identity"))
        }
        let body = Problem(refusal: refusal, instance: id, base: problemBase).body
        var reply = Reply(refusal.kind.status, problem, fields: fields, body: body)
        reply.reason = refusal.reason ?? refusal.kind.code
        return reply
    }
}
