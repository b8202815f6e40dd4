// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// What the token of a proposed address is made from at delivery, as the details of a row; the address is the recipient.
struct StoredProposal: Hashable, Sendable {
    let epoch: UserEpoch
    /// The canonical address that it is to replace; empty where there is none.
    let replaced: String
    let expiresAt: Timestamp

    init(epoch: UserEpoch, replaced: String, expiresAt: Timestamp) {
        self.epoch = epoch
        self.replaced = replaced
        self.expiresAt = expiresAt
    }

    init?(_ details: [String: String]) {
        guard let epoch = details["epoch"].flatMap({ Int64($0) }), let replaced = details["replaced"],
            let expiry = details["expires_at_us"].flatMap({ Int64($0) })
        else { return nil }
        self.init(
            epoch: UserEpoch(epoch), replaced: replaced, expiresAt: Timestamp(microseconds: expiry))
    }

    var details: [String: String] {
        ["epoch": "\(epoch.value)", "replaced": replaced, "expires_at_us": "\(expiresAt.microseconds)"]
    }
}
