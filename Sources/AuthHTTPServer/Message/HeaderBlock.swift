// SPDX-License-Identifier: Apache-2.0

/// Header fields that many replies share, encoded once.
///
/// A class, so that a reply carries them as one reference.
public final class HeaderBlock: Sendable {
    /// The fields with lower-case names.
    let fields: [(name: String, value: String)]
    /// The same as `name: value` lines, each with its line end.
    let encoded: [UInt8]

    package init(_ fields: [(name: String, value: String)]) {
        self.fields = fields
        self.encoded = fields.reduce(into: []) { bytes, field in
            bytes += field.name.utf8
            bytes += [0x3a, 0x20]
            bytes += field.value.utf8
            bytes += [0x0d, 0x0a]
        }
    }

    package func adding(_ more: [(name: String, value: String)]) -> HeaderBlock {
        HeaderBlock(fields + more)
    }
}
