// SPDX-License-Identifier: Apache-2.0

package import AuthCore
package import AuthHTTPServer

/// One route, declared once: the router, the checks before it runs, the OpenAPI document and the documentation pages
/// are all made from this value.
///
/// Access and limit have no default, so that a route cannot be declared without deciding them.
package struct Endpoint: Sendable {
    /// The chapter of the documentation that a route belongs to.
    package enum Tag: String, Hashable, Sendable, CaseIterable {
        case authentication = "Authentication"
        case providers = "Identity providers"
        case passwords = "Passwords"
        case email = "Email verification"
        case users = "Users"
        case invitations = "Invitations"
        case roles = "Roles"
        case audit = "Audit"
        case operations = "Operations"
        case probes = "Probes"
    }

    package let method: RequestMethod
    /// The path; in a table, with the base of its group before it.
    package private(set) var path: PathTemplate
    /// Unique in the table.
    package let operationID: String
    package let tag: Tag
    package let summary: String
    package let access: AccessRequirement
    /// What is demanded of a user beside it.
    package let proof: ProofDemand
    package let limit: LimitClass
    /// Finds the session or device that a request is counted against in place of its source; reads memory alone.
    package let holder: (@Sendable (Request, ClientAddress) -> HolderClaim?)?
    /// More than the summary says, in Markdown.
    package let description: String
    /// The bodies that are read; `nil` if the route has none.
    package let body: RequestBody?
    /// The query parameters; others are refused.
    package let query: [QueryParameter]
    /// The replies other than refusals.
    package let replies: [ReplyDescription]
    /// The refusals that the route's own work can lead to; those of its access, limit and body are added.
    package let problems: [ProblemKind]
    /// What may still be pending for a user who calls it.
    package let openWhilePending: Set<PendingDuty>
    /// Whether it is called with any method, known or not, and answers each in the same way.
    ///
    /// Only for what changes nothing, reads no body, and is asked on behalf of other requests. A browser's foreign page is then
    /// no reason to refuse, and what is wrong with the credentials is always 401.
    package let answersAnyMethod: Bool
    /// Whether the work is given up when the client is gone: for routes that wait.
    package let cancelsOnDisconnect: Bool
    /// Answers from memory on the event loop, or returns `nil`.
    ///
    /// Only called for routes without a limit.
    package let immediate: (@Sendable (Call) -> Reply?)?
    /// Does the work.
    package let handle: @Sendable (Call) async throws(Refusal) -> Reply
    /// Where it is found, as its group says.
    package private(set) var mount = Mount.rootAndPrefix
    /// How its refusals are answered, as its group says.
    package private(set) var errorForm = ErrorForm.problem
    /// Which pages of other origins may read its replies, as its group says, unless it says so itself.
    package private(set) var crossOrigin = CrossOriginForm.configured
    /// Whether it stands in the descriptions of the interface, as its group says.
    package private(set) var isDescribed = true
    /// What it says itself.
    private let ownCrossOrigin: CrossOriginForm?

    package init(
        method: RequestMethod, path: PathTemplate, operationID: String, tag: Tag, summary: String,
        access: AccessRequirement, proof: ProofDemand = .none, limit: LimitClass,
        holder: (@Sendable (Request, ClientAddress) -> HolderClaim?)? = nil, description: String = "",
        body: RequestBody? = nil, query: [QueryParameter] = [], replies: [ReplyDescription],
        problems: [ProblemKind] = [], openWhilePending: Set<PendingDuty> = [], answersAnyMethod: Bool = false,
        cancelsOnDisconnect: Bool = false, crossOrigin: CrossOriginForm? = nil,
        immediate: (@Sendable (Call) -> Reply?)? = nil,
        handle: @escaping @Sendable (Call) async throws(Refusal) -> Reply
    ) {
        self.method = method
        self.path = path
        self.operationID = operationID
        self.tag = tag
        self.summary = summary
        self.access = access
        self.proof = proof
        self.limit = limit
        self.holder = holder
        self.description = description
        self.body = body
        self.query = query
        self.replies = replies
        self.problems = problems
        self.openWhilePending = openWhilePending
        self.answersAnyMethod = answersAnyMethod
        self.cancelsOnDisconnect = cancelsOnDisconnect
        self.ownCrossOrigin = crossOrigin
        self.immediate = immediate
        self.handle = handle
    }

    /// The same route, as a group has it.
    func mounted(by group: some EndpointGroup) -> Endpoint {
        var endpoint = self
        endpoint.mount = group.mount
        endpoint.errorForm = group.errorForm
        endpoint.crossOrigin = ownCrossOrigin ?? group.crossOrigin
        endpoint.isDescribed = group.isDescribed
        if case .base(let base) = group.mount { endpoint.path = PathTemplate(base.description + path.description) }
        return endpoint
    }

    /// Whether a reply may tell how long it took: never where a credential is looked at, in a header, in a body or by its limit.
    ///
    /// The routes of a contract of others look at credentials by themselves.
    var showsTime: Bool { access == .anyone && limit == .none && body == nil && !answersAnyMethod && isDescribed }

    /// Whether a user's token, or cookie, opens the route.
    private var isForUsers: Bool { access != .anyone && access != .service }

    /// All refusals that the route can be answered with, in the order of their status.
    var allProblems: [ProblemKind] {
        var kinds = Set(problems + [.malformedRequest, .internalError])
        switch access {
        case .anyone: break
        case .authenticated: kinds.formUnion([.unauthenticated, .invalidToken, .unavailable])
        case .permission, .scope, .role, .anyOf:
            kinds.formUnion([.unauthenticated, .invalidToken, .insufficientScope, .unavailable])
        case .verifiedAddress:
            kinds.formUnion([.unauthenticated, .invalidToken, .emailNotVerified, .unavailable])
        case .service: kinds.formUnion([.unauthenticated, .invalidToken])
        }
        if isForUsers {
            if !answersAnyMethod { kinds.insert(.ambiguousCredentials) }
            if method != .get { kinds.insert(.csrfRefused) }
            for duty in PendingDuty.allCases where !openWhilePending.contains(duty) { kinds.insert(duty.problem) }
        }
        switch proof {
        case .none: break
        case .recent, .ofSomeRequests: kinds.insert(.reauthenticationRequired)
        case .password: kinds.insert(.wrongPassword)
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
package struct RequestBody: Sendable {
    /// The formats, the preferred one first.
    package let formats: [BodyFormat]
    /// What it holds; the same for every format.
    package let schema: Schema
    /// Bodies that work, each with a title.
    package let examples: [(title: String, value: JSONValue)]
    /// Whether every request has one.
    package let isRequired: Bool

    package init(
        formats: [BodyFormat], schema: Schema, examples: [(title: String, value: JSONValue)], isRequired: Bool = true
    ) {
        self.formats = formats
        self.schema = schema
        self.examples = examples
        self.isRequired = isRequired
    }
}

/// A query parameter that a route reads.
package struct QueryParameter: Sendable {
    package let name: String
    package let schema: Schema

    package init(name: String, schema: Schema) {
        self.name = name
        self.schema = schema
    }
}

/// A reply other than a refusal.
package struct ReplyDescription: Sendable {
    package let status: Status
    package let description: String
    /// `nil` for a reply without a body.
    package let content: Content?

    package init(status: Status, description: String, content: Content? = nil) {
        self.status = status
        self.description = description
        self.content = content
    }

    /// A body's type and shape.
    package struct Content: Sendable {
        package let mediaType: String
        package let schema: Schema
        package let example: JSONValue?

        package init(mediaType: String = "application/json", schema: Schema, example: JSONValue? = nil) {
            self.mediaType = mediaType
            self.schema = schema
            self.example = example
        }
    }

    package static func json(
        _ status: Status, _ description: String, _ schema: Schema, example: JSONValue? = nil
    ) -> Self {
        Self(status: status, description: description, content: Content(schema: schema, example: example))
    }

    package static func empty(_ status: Status, _ description: String) -> Self {
        Self(status: status, description: description)
    }
}
