// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthService

extension Call {
    /// Requires more of the caller than the access that the route declares.
    ///
    /// - Throws: `.insufficientScope`, or the problem of a duty that is pending; `.unauthenticated` for a route that is open to
    ///   anyone.
    func authorize(_ requirement: AccessRequirement, by service: AuthService) throws(Refusal) {
        let principal = try self.principal()
        do throws(AuthError) {
            try service.access.authorize(principal, requirement)
        } catch {
            throw Refusal(from: error)
        }
    }
}
