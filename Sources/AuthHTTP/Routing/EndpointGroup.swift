// SPDX-License-Identifier: Apache-2.0

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
}

extension EndpointGroup {
    package var schemas: [(name: String, schema: Schema)] { [] }
    package var problems: [ProblemKind] { [] }
    package var mount: Mount { .rootAndPrefix }
    package var errorForm: ErrorForm { .problem }
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
}
