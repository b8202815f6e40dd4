// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto

/// Reading, checking and sealing the audit log.
public struct AuditService: Sendable {
    let core: ServiceCore
    let checkpointKeys: AuditCheckpointKeys
    let chain = AuditChain { SHA256.digest($0) }
}
