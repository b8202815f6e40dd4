// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer

/// One route, declared once: the router, the checks before it runs, the OpenAPI document and the documentation pages
/// are all made from this value.
///
/// Access and limit have no default, so that a route cannot be declared without deciding them.
struct Endpoint: Sendable {
    /// The chapter of the documentation that a route belongs to.
    enum Tag: String, Hashable, Sendable, CaseIterable {
        case authentication = "Authentication"
        case passwords = "Passwords"
        case email = "Email verification"
        case users = "Users"
        case audit = "Audit"
        case operations = "Operations"
        case probes = "Probes"
    }

    let method: RequestMethod
    let path: PathTemplate
    /// Unique in the table.
    let operationID: String
    let tag: Tag
    let summary: String
    let access: AccessRequirement
    let limit: LimitClass
    /// Finds the session or device that a request is counted against in place of its source; reads memory alone.
    var holder: (@Sendable (Request, ClientAddress) -> HolderClaim?)?
    /// More than the summary says, in Markdown.
    var description = ""
    /// The bodies that are read; `nil` if the route has none.
    var body: RequestBody?
    /// The query parameters; others are refused.
    var query: [QueryParameter] = []
    /// The replies other than refusals.
    var replies: [ReplyDescription]
    /// The refusals that the route's own work can lead to; those of its access, limit and body are added.
    var problems: [ProblemKind] = []
    /// What may still be pending for a user who calls it.
    var openWhilePending: Set<PendingDuty> = []
    /// Whether it is called with any method, known or not, and answers each in the same way.
    ///
    /// Only for what changes nothing, reads no body, and is asked on behalf of other requests. A browser's foreign page is then
    /// no reason to refuse, and what is wrong with the credentials is always 401.
    var answersAnyMethod = false
    /// Whether the work is given up when the client is gone: for routes that wait.
    var cancelsOnDisconnect = false
    /// Answers from memory on the event loop, or returns `nil`.
    ///
    /// Only called for routes without a limit.
    var immediate: (@Sendable (Call) -> Reply?)?
    /// Does the work.
    let handle: @Sendable (Call) async throws(Refusal) -> Reply

    /// Whether a user's token, or cookie, opens the route.
    private var isForUsers: Bool { access != .anyone && access != .service }

    /// All refusals that the route can be answered with, in the order of their status.
    var allProblems: [ProblemKind] {
        var kinds = Set(problems + [.malformedRequest, .internalError])
        switch access {
        case .anyone: break
        case .authenticated: kinds.formUnion([.unauthenticated, .invalidToken, .unavailable])
        case .permission, .role: kinds.formUnion([.unauthenticated, .invalidToken, .insufficientScope, .unavailable])
        case .service: kinds.formUnion([.unauthenticated, .invalidToken])
        }
        if isForUsers {
            if !answersAnyMethod { kinds.insert(.ambiguousCredentials) }
            if method != .get { kinds.insert(.csrfRefused) }
            for duty in PendingDuty.allCases where !openWhilePending.contains(duty) { kinds.insert(duty.problem) }
        }
        if limit != .none { kinds.formUnion([.rateLimited]) }
        if !query.isEmpty { kinds.insert(.invalidQuery) }
        if let body {
            kinds.formUnion([.unsupportedMediaType, .bodyTooLarge, .validationFailed, .requestTimeout])
            if body.formats.contains(.json) { kinds.insert(.malformedJSON) }
            if body.formats.contains(.form) { kinds.insert(.malformedForm) }
        }
        return kinds.inOrder()
    }
}

extension PendingDuty {
    /// What a caller is told who must do this first.
    var problem: ProblemKind {
        switch self {
        case .passwordChange: .passwordChangeRequired
        case .emailVerification: .emailNotVerified
        }
    }
}

/// The body that a route reads.
struct RequestBody: Sendable {
    /// The formats, the preferred one first.
    let formats: [BodyFormat]
    /// What it holds; the same for every format.
    let schema: Schema
    /// Bodies that work, each with a title.
    let examples: [(title: String, value: JSONValue)]
}

/// A query parameter that a route reads.
struct QueryParameter: Sendable {
    let name: String
    let schema: Schema
}

/// A reply other than a refusal.
struct ReplyDescription: Sendable {
    let status: Status
    let description: String
    /// `nil` for a reply without a body.
    var content: Content?

    /// A body's type and shape.
    struct Content: Sendable {
        var mediaType = "application/json"
        let schema: Schema
        var example: JSONValue?
    }

    static func json(_ status: Status, _ description: String, _ schema: Schema, example: JSONValue? = nil) -> Self {
        Self(status: status, description: description, content: Content(schema: schema, example: example))
    }

    static func empty(_ status: Status, _ description: String) -> Self {
        Self(status: status, description: description)
    }
}
