// SPDX-License-Identifier: Apache-2.0

/// Draws the hash that a password is checked against when there is none: no such user, or one without a password.
///
/// The cost is drawn from the mix that the store holds, so that an unknown name takes as long as a known one even while
/// imported slow hashes remain. The draw is keyed and fixed for each identifier: asking again, or through another
/// process with the same root key, shows nothing new.
public struct DummyHash: Sendable {
    /// How many of the store's hashes have one cost.
    public struct Share: Hashable, Sendable {
        /// The cost.
        public let cost: PasswordHashCost
        /// How often it occurs, in any unit; less than one counts as none.
        public let weight: Int

        /// Makes a share.
        public init(cost: PasswordHashCost, weight: Int) {
            self.cost = cost
            self.weight = weight
        }
    }

    private let key: HMACSHA256
    private let shares: [Share]
    private let fallback: PasswordHashCost

    /// Prepares a draw from `mix`, in any order.
    ///
    /// Costs out of bounds and shares without weight are left out; if nothing remains, every draw has the cost of
    /// `parameters`. The key is that of ``KeyPurpose/dummyHash``.
    public init(mix: [Share], parameters: HashingParameters, key: SecretBytes) {
        self.key = HMACSHA256(key: key)
        fallback = parameters.cost
        shares =
            mix
            .filter { $0.weight > 0 && $0.cost.isWithinBounds }
            .map { Share(cost: $0.cost, weight: min($0.weight, Self.maximumWeight)) }
            .sorted { $0.cost.label < $1.cost.label }
    }

    /// A hash that no password matches, of the cost that `identifier` draws.
    ///
    /// The identifier is whatever the caller looked up, in its canonical form.
    public func hash(for identifier: some Collection<UInt8>) -> PasswordHash {
        let draw = stream(0, identifier).prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let cost = cost(at: draw)
        let salt = Array(stream(1, identifier).prefix(16))
        let digest = stream(2, identifier) + stream(3, identifier)
        switch cost {
        case .argon2, .scrypt:
            return PasswordHash(cost: cost, salt: salt, digest: Array(digest.prefix(32)))
        case .bcrypt:
            let digest = Base64Text.bcrypt.encode(Array(digest.prefix(Bcrypt.digestByteCount)))
            return PasswordHash(
                cost: cost, salt: Array(Base64Text.bcrypt.encode(salt).utf8), digest: Array(digest.utf8))
        case .pbkdf2(let kind, _):
            return PasswordHash(cost: cost, salt: salt, digest: Array(digest.prefix(kind.byteCount)))
        }
    }

    /// The cost at the point of the cumulated weights that `draw`, out of 2^64, falls on.
    private func cost(at draw: UInt64) -> PasswordHashCost {
        let total = shares.reduce(UInt64(0)) { $0 &+ UInt64($1.weight) }
        var point = draw.multipliedFullWidth(by: total).high
        for share in shares {
            let weight = UInt64(share.weight)
            if point < weight { return share.cost }
            point -= weight
        }
        return fallback
    }

    /// 32 bytes that only the key and `identifier` determine, others for each `index`.
    private func stream(_ index: UInt8, _ identifier: some Collection<UInt8>) -> [UInt8] {
        key.authenticationCode(for: [index] + identifier)
    }

    // A million shares of this weight do not overflow.
    private static let maximumWeight = 1 << 40
}
