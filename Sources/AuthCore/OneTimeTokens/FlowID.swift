// SPDX-License-Identifier: Apache-2.0

/// Names a flow of a mailed action in the store: the keyed digest of its handle, 32 octets.
public struct FlowID: Hashable, Sendable {
    /// The digest.
    public let digest: [UInt8]

    /// Names a flow.
    public init(_ digest: [UInt8]) {
        self.digest = digest
    }
}
