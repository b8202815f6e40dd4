// SPDX-License-Identifier: Apache-2.0

/// What a route demands of a user beside the access that it declares: a token that was stolen must not be enough for what takes
/// a user's way in, or gives a thief a lasting one.
///
/// A route that writes for a user declares one, or is named by the tests as one that needs none.
package enum ProofDemand: Hashable, Sendable {
    /// Nothing.
    case none
    /// A recent sign-in or re-authentication, checked before the route's own work.
    case recent
    /// The current password in the body of every request.
    case password
    /// For some requests, as the description of the route says: the current password of a user who has one, and a recent
    /// proof of any other; or a recent sign-in. The service checks it.
    case ofSomeRequests
}
