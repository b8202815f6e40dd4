// SPDX-License-Identifier: Apache-2.0

/// Verification of access tokens, and authorization of their users.
public struct AccessService: Sendable {
    let core: ServiceCore
    let keys: TokenKeys
    let principals: PrincipalCache
    let staleness = StalenessCounters()
}
