// SPDX-License-Identifier: Apache-2.0

package import AuthHTTPServer

/// A feature's part of the interface: its routes, and what they bring along.
///
/// The table of routes is a list of groups. Another target of the package writes its own group, with its own collaborators,
/// and hands it to `AuthAPI`.
package protocol EndpointGroup: Sendable {
    /// The routes, in the order in which they are documented.
    var endpoints: [Endpoint] { get }
    /// The schemas that routes refer to by name.
    var schemas: [(name: String, schema: Schema)] { get }
    /// The problems that the feature declares; those of other features and general ones are left out.
    var problems: [ProblemKind] { get }
    /// Where the routes are found.
    var mount: Mount { get }
    /// How a refused request is answered.
    var errorForm: ErrorForm { get }
    /// Which pages of other origins may read the replies.
    var crossOrigin: CrossOriginForm { get }
    /// Whether the routes stand in the descriptions of the interface: not those of a contract of others.
    var isDescribed: Bool { get }
}

extension EndpointGroup {
    package var schemas: [(name: String, schema: Schema)] { [] }
    package var problems: [ProblemKind] { [] }
    package var mount: Mount { .rootAndPrefix }
    package var errorForm: ErrorForm { .problem }
    package var crossOrigin: CrossOriginForm { .configured }
    package var isDescribed: Bool { true }
}

/// Where the routes of a group are found.
package enum Mount: Hashable, Sendable {
    /// At the root, and again under the configured prefix.
    case rootAndPrefix
    /// Under this path alone, such as `/oauth`: the paths that the routes declare follow it.
    case base(PathTemplate)
}

/// How a refused request is answered.
package enum ErrorForm: Hashable, Sendable {
    /// With an `application/problem+json` document (RFC 9457).
    case problem
    /// With what the group makes of it.
    case rendered(ErrorRenderer)
}

/// How a group with an error form of its own answers what is refused before its routes do their work.
package struct ErrorRenderer: Hashable, Sendable {
    /// Tells this renderer from others: two of one name are equal.
    package let name: String
    /// Makes the reply.
    package let render: @Sendable (Refusal, Request, RequestID?, ReplyFactory) -> Reply

    /// A renderer of a name that no other one has.
    package init(
        name: String, render: @escaping @Sendable (Refusal, Request, RequestID?, ReplyFactory) -> Reply
    ) {
        self.name = name
        self.render = render
    }

    package static func == (one: ErrorRenderer, other: ErrorRenderer) -> Bool {
        one.name == other.name  // own text
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(name)
    }
}

/// Which pages of other origins may read the replies of a route. - Source: Fetch §3.2
package enum CrossOriginForm: Hashable, Sendable {
    /// Those of `HTTPConfiguration.allowedOrigins`.
    case configured
    /// All, and without credentials: for routes that read no cookie which makes a caller known.
    ///
    /// A page may send the fields of `headers`, and read those of `exposed`.
    case any(headers: [String], exposed: [String])
    /// None, whatever is configured.
    case closed
}
