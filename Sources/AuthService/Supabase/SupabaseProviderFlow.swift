// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// What a flow of Supabase's API keeps, beside the address that it ends at.
struct SupabaseProviderFlow: Sendable {
    /// The digest of the verifier; empty for a client that takes the tokens themselves.
    let challenge: [UInt8]
    /// The user who links, and the session in which alone the flow can end; `nil` for a sign-in.
    let link: (user: UserID, session: SessionID)?

    /// Signs in.
    init(challenge: [UInt8]) {
        self.challenge = challenge
        link = nil
    }

    /// Links where user and session are given; `nil` for one of them alone, and for a link without a challenge.
    init?(challenge: [UInt8], user: UserID?, session: SessionID?) {
        switch (user, session) {
        case (nil, nil): link = nil
        case (let user?, let session?):
            guard !challenge.isEmpty else { return nil }
            link = (user, session)
        case (nil, _?), (_?, nil): return nil
        }
        self.challenge = challenge
    }
}
