// SPDX-License-Identifier: Apache-2.0

package import AuthService

/// The service that routes call, or none where the routes are only described.
package enum ServiceReference: Sendable {
    case live(AuthService)
    /// For a table of which only the description is read: its routes are never called.
    case described

    /// The service; only to be asked for in the work of a route.
    package var service: AuthService {
        switch self {
        case .live(let service): return service
        case .described: preconditionFailure("a route that is only described was called")
        }
    }
}
