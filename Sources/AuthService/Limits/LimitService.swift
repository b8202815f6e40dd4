// SPDX-License-Identifier: Apache-2.0

import AuthCrypto

/// The holders that requests are counted against, and the buckets that processes share.
public struct LimitService: Sendable {
    let core: ServiceCore
    let refreshTokens: RefreshTokens
    let devices: DeviceTokens
    let sourceDigest: HMACSHA256
    let sprayDetector: SprayDetector

    /// How many attacks on many users were detected, for metrics.
    public var noticedAttacks: NoticedAttacks { sprayDetector.counts }
}
