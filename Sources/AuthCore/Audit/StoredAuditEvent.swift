// SPDX-License-Identifier: Apache-2.0

/// An audit event, its place in the log, and its seal once it has one.
public struct StoredAuditEvent: Hashable, Sendable {
    /// Its place; unique, and roughly in the order of time.
    public let cursor: Int64
    /// What happened.
    public let event: AuditEvent
    /// How it is bound into the chain; `nil` until it has been sealed.
    public let seal: AuditSeal?

    /// Places an event.
    public init(cursor: Int64, event: AuditEvent, seal: AuditSeal? = nil) {
        self.cursor = cursor
        self.event = event
        self.seal = seal
    }
}

/// A link of the chain: how many events it binds, and the code that stands for all of them.
public struct AuditLink: Hashable, Sendable {
    /// The number of the last event; sealed events are numbered from 1 without gaps.
    public let sequence: Int64
    /// The code of that event and the link before, under the key of its segment: 32 octets.
    public let digest: [UInt8]

    /// The chain before its first event.
    public static let start = AuditLink(sequence: 0, digest: [UInt8](repeating: 0, count: 32))

    /// Names a link.
    public init(sequence: Int64, digest: [UInt8]) {
        self.sequence = sequence
        self.digest = digest
    }
}

/// What binds an event into the chain.
public struct AuditSeal: Hashable, Sendable {
    /// The chain up to and with the event.
    public let link: AuditLink
    /// The chain's digest of address, user agent and request.
    public let payloadDigest: [UInt8]
    /// The salt that hides the payload in its digest; erased together with the payload.
    public let salt: [UInt8]?

    /// Describes a seal.
    public init(link: AuditLink, payloadDigest: [UInt8], salt: [UInt8]?) {
        self.link = link
        self.payloadDigest = payloadDigest
        self.salt = salt
    }
}
