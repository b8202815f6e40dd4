// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthStore

/// Makes and opens the keys of the segments of the audit log's chain.
struct AuditSegmentKeys: Sendable {
    /// The length of a key.
    private static let byteCount = 32

    let sealer: Sealer

    /// Opens a segment with a new key.
    func make(_ segment: AuditSegment, random: any RandomSource) -> StoredAuditSegment {
        let key = SecretBytes(random.bytes(count: Self.byteCount))
        let box = sealer.seal(key, context: Self.context(of: segment.number), random: random)
        return StoredAuditSegment(
            segment: segment, digest: Self.chain(key).opening(of: segment).digest, sealedKey: box.bytes)
    }

    /// The segment with its key; `nil` where the key or the opening record is not one that authd made, or was sealed under a
    /// root key that this process does not hold.
    func open(_ stored: StoredAuditSegment) -> AuditVerification.Segment? {
        guard let key = key(of: stored) else { return nil }
        let opened = AuditVerification.Segment(stored.segment, chain: Self.chain(key))
        return ConstantTime.equal(opened.start.link.digest, stored.digest) ? opened : nil
    }

    /// The same key sealed under the current root key; `nil` where it is, or cannot be opened.
    func reseal(_ stored: StoredAuditSegment, random: any RandomSource) -> [UInt8]? {
        guard let box = try? SealedBox(bytes: stored.sealedKey), sealer.needsResealing(box),
            let key = key(of: stored)
        else { return nil }
        return sealer.seal(key, context: Self.context(of: stored.segment.number), random: random).bytes
    }

    private func key(of stored: StoredAuditSegment) -> SecretBytes? {
        do throws(SealingError) {
            return try sealer.open(
                SealedBox(bytes: stored.sealedKey), context: Self.context(of: stored.segment.number))
        } catch {
            return nil
        }
    }

    private static func chain(_ key: SecretBytes) -> AuditChain {
        let code = HMACSHA256(key: key)
        return AuditChain { code.authenticationCode(for: $0) }
    }

    private static func context(of number: Int64) -> [UInt8] {
        Array("audit_segments/key/\(number)".utf8)
    }
}
