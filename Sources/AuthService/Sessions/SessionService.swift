// SPDX-License-Identifier: Apache-2.0

/// Refreshing, listing and ending sessions.
public struct SessionService: Sendable {
    let core: ServiceCore
    let issuer: SessionIssuer
}
