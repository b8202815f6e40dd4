// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto

/// Reading, checking and sealing the audit log.
public struct AuditService: Sendable {
    let core: ServiceCore
    let keys: AuditSegmentKeys
    let heads: (any AuditHeadKeeping)?
    let memory = AuditMemory()
}
