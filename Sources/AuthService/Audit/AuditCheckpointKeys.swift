// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto

/// Signs checkpoints of the audit log, and recognises its own.
struct AuditCheckpointKeys: Sendable {
    private let keys: MACKeys

    init(current: SecretBytes, previous: [SecretBytes]) {
        keys = MACKeys(current: current, previous: previous)
    }

    func checkpoint(of link: AuditLink, at now: Timestamp) -> AuditCheckpoint {
        AuditCheckpoint(link: link, at: now, signature: keys.authenticationCode(for: link.signedBytes))
    }

    /// Whether a key of this service signed it, a previous one included.
    func isOurs(_ checkpoint: AuditCheckpoint) -> Bool {
        keys.isValid(checkpoint.signature, for: checkpoint.link.signedBytes)
    }
}
