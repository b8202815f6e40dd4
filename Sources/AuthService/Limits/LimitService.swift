// SPDX-License-Identifier: Apache-2.0

import AuthCrypto

/// By what requests are counted, and the buckets that processes share.
public struct LimitService: Sendable {
    let core: ServiceCore
    let refreshTokens: RefreshTokens
    let devices: DeviceTokens
    let sourceDigest: HMACSHA256
    let sprayDetector: SprayDetector

    /// How often attacks on many users were noticed, for metrics.
    public var noticedAttacks: NoticedAttacks { sprayDetector.counts }
}
