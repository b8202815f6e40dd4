// SPDX-License-Identifier: Apache-2.0

/// What access tokens are worth, and what their users may do.
public struct AccessService: Sendable {
    let core: ServiceCore
    let keys: TokenKeys
    let principals: PrincipalCache
    let staleness = StalenessCounters()
}
