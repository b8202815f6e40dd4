// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer

/// Which pages of other origins may read replies.
///
/// An origin that is not listed is never named in a reply: its browser then keeps the reply from the page.
///
/// - Source: Fetch §3.2
struct CORSPolicy: Sendable {
    private let origins: Set<WireText>
    private let allowsAnyOrigin: Bool
    /// What of a reply pages may read besides its body.
    private let exposed: String

    /// `exposesTime` lets pages read how long a reply took.
    init(origins: Set<String>, exposesTime: Bool = false) {  // own text
        exposed = Self.exposed + (exposesTime ? ", X-Process-Time" : "")
        allowsAnyOrigin = origins.contains("*")  // own text
        self.origins = Set(origins.map { WireText($0) })
    }

    /// The fields to add to the reply to a request from `origin`; empty for an origin that is not listed.
    func fields(for origin: String) -> [(name: String, value: String)] {
        if origins.contains(WireText(origin)) {
            return [
                ("access-control-allow-origin", origin),
                ("access-control-allow-credentials", "true"),
                ("access-control-expose-headers", exposed),
            ]
        }
        guard allowsAnyOrigin else { return [] }
        // Any origin, and therefore without credentials: cookies of a user must not serve every page.
        return [("access-control-allow-origin", "*"), ("access-control-expose-headers", exposed)]
    }

    /// The same for the routes of a group.
    func fields(for origin: String, as form: CrossOriginForm) -> [(name: String, value: String)] {
        switch form {
        case .configured: fields(for: origin)
        case .any(_, let exposed):
            [
                ("access-control-allow-origin", "*"),
                ("access-control-expose-headers", exposed.joined(separator: ", ")),
            ]
        case .closed: []
        }
    }

    /// The fields for a reply that is not of this interface, which brings no `Vary` of its own.
    func outsideFields(for origin: String?) -> [(name: String, value: String)] {
        guard !origins.isEmpty else { return [] }
        return [("vary", "origin")] + (origin.map { fields(for: $0) } ?? [])
    }

    /// The further fields of the reply to a preflight; empty for an origin that is not listed.
    func preflightFields(for origin: String, methods: [RequestMethod]) -> [(name: String, value: String)] {
        let fields = fields(for: origin)
        guard !fields.isEmpty else { return [] }
        return fields + [
            ("access-control-allow-methods", methods.map(\.rawValue).joined(separator: ", ")),
            ("access-control-allow-headers", "Authorization, Content-Type, X-Auth-Mode, X-Request-ID"),
            ("access-control-max-age", "600"),
        ]
    }

    /// The same for the routes of a group.
    func preflightFields(
        for origin: String, methods: [RequestMethod], as form: CrossOriginForm
    ) -> [(name: String, value: String)] {
        switch form {
        case .configured: preflightFields(for: origin, methods: methods)
        case .any(let headers, _):
            fields(for: origin, as: form) + [
                ("access-control-allow-methods", methods.map(\.rawValue).joined(separator: ", ")),
                ("access-control-allow-headers", headers.joined(separator: ", ")),
                ("access-control-max-age", "600"),
            ]
        case .closed: []
        }
    }

    private static let exposed =
        "X-Request-ID, Retry-After, WWW-Authenticate, Link"
        + ", RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset"
}
