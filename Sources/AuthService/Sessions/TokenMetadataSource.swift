// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Synchronization

/// Gives the metadata that a user's access tokens carry, and tells the operator where it has no room there.
final class TokenMetadataSource: Sendable {
    // A class because the state must have one place in memory.
    private let told = Mutex<BootInstant?>(nil)
    private let core: ServiceCore

    /// How often users whose metadata is too large are reported at most.
    static let interval = Duration.seconds(60)

    init(core: ServiceCore) {
        self.core = core
    }

    /// What the tokens of a user carry.
    func metadata(of user: User) -> (app: JSONObject?, user: JSONObject?) {
        let choice = core.settings.tokenMetadata
        guard choice != .none else { return (nil, nil) }
        let size =
            (choice.hasApp ? user.appMetadata.utf8.count : 0) + (choice.hasUser ? user.userMetadata.utf8.count : 0)
        guard size <= TokenMetadata.maximumBytes else {
            noteLeftOut(of: user.id)
            return (nil, nil)
        }
        return (
            choice.hasApp ? JSONObject(metadata: user.appMetadata) : nil,
            choice.hasUser ? JSONObject(metadata: user.userMetadata) : nil
        )
    }

    /// Takes in that a user's metadata was left out of a token.
    func noteLeftOut(of id: UserID) {
        if isDue(at: core.bootClock.sinceBoot) { core.observe(.metadataLeftOut(id)) }
    }

    private func isDue(at now: BootInstant) -> Bool {
        told.withLock { told in
            if let last = told, now < last + Self.interval { return false }
            told = now
            return true
        }
    }
}
