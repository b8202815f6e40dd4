// SPDX-License-Identifier: Apache-2.0

/// Octets from which the values that were written can be read back in one way only.
///
/// Every value has a fixed length or its length before it, and one that may be absent says so; two different sequences
/// of values therefore never have the same octets.
struct AuditEncoding {
    private(set) var octets: [UInt8] = []

    /// Begins with a label, so that octets of one kind are never those of another.
    init(_ label: StaticString) {
        append(octets: Array(label.description.utf8))
    }

    mutating func append(_ number: Int64) {
        octets.append(bigEndian: number)
    }

    mutating func append(octets part: [UInt8]) {
        octets.append(bigEndian: Int64(part.count))
        octets += part
    }

    mutating func append(_ text: String?) {
        guard let text else {
            octets.append(0)
            return
        }
        octets.append(1)
        append(octets: Array(text.utf8))
    }

    mutating func append(_ id: (some OpaqueID)?) {
        guard let id else {
            octets.append(0)
            return
        }
        octets.append(1)
        octets += id.uuid.octets
    }

    mutating func append(_ head: AuditHead) {
        append(head.segment)
        append(head.link.sequence)
        append(octets: head.link.digest)
    }

    mutating func append(_ head: AuditHead?) {
        guard let head else {
            octets.append(0)
            return
        }
        octets.append(1)
        append(head)
    }
}
