// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

extension LimitService {
    /// The session of an authentic refresh token, whether or not it is still open; `nil` for an invalid token.
    ///
    /// Cost: one HMAC for a text of the right form, and no query.
    public func holder(ofRefreshToken text: String) -> LimitHolder? {
        guard let content = refreshTokens.content(of: text) ?? refreshTokens.supabaseContent(of: text) else {
            return nil
        }
        let (session, user) = (content.sessionID.uuid, content.userID.uuid)
        return LimitHolder(
            id: .init(high: session.high, low: session.low), user: .init(high: user.high, low: user.low))
    }

    /// The device that an authentic, unexpired device token names, of whatever user; `nil` for any other text.
    ///
    /// Cost: one HMAC for a text of the right form, and no query. ``isDevice(_:of:)`` checks whether the device is one
    /// of the user who is being signed in.
    public func holder(of device: DeviceToken) -> LimitHolder? {
        devices.holder(of: device, at: core.clock.now)
    }

    /// Whether a device token is one of the user who has this identifier, with the present credentials.
    ///
    /// If the store does not answer, it counts as none. Cost: two queries.
    public func isDevice(_ device: DeviceToken, of identifier: String) async -> Bool {
        guard let identifier = try? Identifier(parsing: identifier),
            let found = try? await core.credential(for: identifier)
        else { return false }
        return devices.device(device, of: found.user, at: core.clock.now) != nil
    }
}
