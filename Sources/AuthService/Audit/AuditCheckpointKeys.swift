// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto

/// Signs checkpoints of the audit log, and tells its own from others.
struct AuditCheckpointKeys: Sendable {
    private let current: HMACSHA256
    private let previous: [HMACSHA256]

    init(current: SecretBytes, previous: [SecretBytes]) {
        self.current = HMACSHA256(key: current)
        self.previous = previous.map { HMACSHA256(key: $0) }
    }

    func checkpoint(of link: AuditLink, at now: Timestamp) -> AuditCheckpoint {
        AuditCheckpoint(link: link, at: now, signature: current.authenticationCode(for: link.signedBytes))
    }

    /// Whether one of our keys signed it, an earlier one included.
    func isOurs(_ checkpoint: AuditCheckpoint) -> Bool {
        let message = checkpoint.link.signedBytes
        return ([current] + previous).contains { $0.isValid(checkpoint.signature, for: message) }
    }
}
