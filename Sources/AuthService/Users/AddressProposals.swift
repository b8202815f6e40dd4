// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto

/// An address that a user has requested, not yet verified.
struct AddressProposal: Hashable, Sendable {
    /// The user who requests it.
    let userID: UserID
    /// The user's epoch at the request: revoking all tokens voids it.
    let epoch: UserEpoch
    /// The address that it is to replace, canonical; empty where there is none.
    let replaced: String
    /// The new address, as typed.
    let address: EmailAddress
}

/// Makes and recognises the tokens that are mailed to a requested address, without revealing whether the address is
/// taken.
///
/// The text is `aot_` + base64url(3 ‖ user 16 ‖ expiry 8 ‖ HMAC-SHA-256 32 ‖ address). Nothing is stored before the mailbox
/// has answered, so that no later answer of the service depends on whether the address was free. The MAC also covers the
/// epoch and the replaced address: a token moves an address once, and not after a password change.
struct AddressProposals: Sendable {
    private static let prefix = "aot_"
    private static let tag: UInt8 = 3
    private static let headLength = 1 + 16 + 8
    private static let purpose = Array("authd address proposal".utf8) + [0]

    private let keys: MACKeys

    /// Takes the key of the current root key and those of previous ones.
    init(current: SecretBytes, previous: [SecretBytes]) {
        keys = MACKeys(current: current, previous: previous)
    }

    /// The token to mail to the proposed address.
    func token(for proposal: AddressProposal, until expiry: Timestamp) -> MailToken {
        var head = [Self.tag] + proposal.userID.uuid.octets
        head.append(bigEndian: expiry.microseconds)
        let address = Array(proposal.address.original.utf8)
        let mac = keys.authenticationCode(
            for: Self.authenticated(head, address, epoch: proposal.epoch, replaced: proposal.replaced))
        return MailToken(Self.prefix + Base64URL.encode(head + mac + address))
    }

    /// The user of a token, as it claims; `nil` if the text does not have its form, or is too old.
    func claimant(of text: String, at now: Timestamp) -> UserID? {
        guard let octets = Self.octets(of: text) else { return nil }
        let expiry = octets[17..<Self.headLength].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard now < Timestamp(microseconds: Int64(bitPattern: expiry)) else { return nil }
        return UUIDv7(octets: octets[1..<17]).map(UserID.init)
    }

    /// The address that a token verifies, for the current record of the user that it claims; `nil` if it is not
    /// authentic or the user has changed since.
    func address(of text: String, for user: User) -> EmailAddress? {
        guard let octets = Self.octets(of: text) else { return nil }
        let address = Array(octets[(Self.headLength + HMACSHA256.byteCount)...])
        let authenticated = Self.authenticated(
            Array(octets.prefix(Self.headLength)), address, epoch: user.epoch,
            replaced: user.email?.canonical ?? "")
        let mac = octets[Self.headLength..<Self.headLength + HMACSHA256.byteCount]
        guard keys.isValid(mac, for: authenticated), let spelling = String(validating: address, as: UTF8.self)
        else { return nil }
        return try? EmailAddress(spelling)
    }

    private static func octets(of text: String) -> [UInt8]? {
        guard text.utf8.starts(with: prefix.utf8), text.utf8.count < 600,
            let octets = Base64URL.decode(text.utf8.dropFirst(prefix.utf8.count)),
            octets.count > headLength + HMACSHA256.byteCount, octets[0] == tag
        else { return nil }
        return octets
    }

    /// The first address is preceded by its length, so no two contents give the same octets.
    private static func authenticated(
        _ head: [UInt8], _ address: [UInt8], epoch: UserEpoch, replaced: String
    ) -> [UInt8] {
        var octets = purpose + head
        octets.append(bigEndian: epoch.value)
        octets.append(bigEndian: Int64(address.count))
        return octets + address + Array(replaced.utf8)
    }
}
