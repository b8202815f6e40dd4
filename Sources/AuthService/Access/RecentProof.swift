// SPDX-License-Identifier: Apache-2.0

import AuthCore

extension AccessService {
    /// Checks that the caller has proven recently who they are: by a sign-in or a re-authentication, never by a refresh.
    ///
    /// For actions that a stolen token must not allow. The limit is ``AuthSettings/recentSignIn``, or a quarter of an hour
    /// where that is `nil`.
    ///
    /// - Throws: `.reauthenticationRequired`.
    public func requireRecentProof(of principal: Principal) throws(AuthError) {
        try core.requireRecentProof(of: principal)
    }
}

extension ServiceCore {
    /// As ``AccessService/requireRecentProof(of:)``.
    func requireRecentProof(of principal: Principal) throws(AuthError) {
        try require(principal, within: settings.recentSignIn ?? .seconds(15 * 60))
    }

    /// Lets a caller end other sessions than their own only soon after signing in, unless the operator has lifted that.
    ///
    /// An attacker who finds a signed-in device must not lock its owner out on other devices.
    func requireRecentSignIn(of principal: Principal) throws(AuthError) {
        guard let limit = settings.recentSignIn else { return }
        try require(principal, within: limit)
    }

    private func require(_ principal: Principal, within limit: Duration) throws(AuthError) {
        let demand = RecentProof(within: limit, leeway: settings.clockLeeway)
        guard demand.isMet(by: principal.authenticatedAt, at: clock.now) else { throw .reauthenticationRequired }
    }
}
