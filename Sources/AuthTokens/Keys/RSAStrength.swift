// SPDX-License-Identifier: Apache-2.0

/// What an RSA public key must be before it may verify anything.
enum RSAStrength {
    /// RFC 7518 §3.3.
    static let minimumBits = 2_048

    /// A key set from the network must not make verification arbitrarily slow.
    static let maximumBits = 8_192

    /// Checks the length of the modulus, the exponent, and that no generator with the ROCA weakness made the key.
    ///
    /// Both numbers are unsigned, most significant byte first, without leading zeros.
    ///
    /// - Throws: `.weak`, or `.tooLarge` for more than 8,192 bits or an exponent of more than 64.
    static func check(modulus: [UInt8], exponent: [UInt8]) throws(KeyError) {
        let bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
        guard bits >= minimumBits else { throw .weak }
        guard bits <= maximumBits, exponent.count <= 8 else { throw .tooLarge }
        let value = exponent.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        // FIPS 186-5 §5.1: odd and greater than 2^16.
        guard value > 65_536, value & 1 == 1 else { throw .weak }
        guard !hasROCAFingerprint(modulus) else { throw .weak }
    }

    /// The odd primes up to 701: factors of the product that the affected generator used from 1,984 bits on.
    private static let fingerprintPrimes: [UInt64] = (1...350).map { 2 * $0 + 1 }.filter { candidate in
        (2..<candidate).allSatisfy { candidate % $0 != 0 }
    }

    /// Whether the modulus is a power of 65537 modulo each of the primes.
    ///
    /// Affected primes have the form `k·M + (65537^a mod M)`, so their product is a power of 65537 modulo every prime
    /// factor of M. A random modulus passes all of these by chance less than once in 2^160.
    ///
    /// - Source: Nemec et al., "The Return of Coppersmith's Attack", CCS 2017 (CVE-2017-15361).
    static func hasROCAFingerprint(_ modulus: [UInt8]) -> Bool {
        fingerprintPrimes.allSatisfy { prime in
            let residue = modulus.reduce(UInt64(0)) { ($0 << 8 | UInt64($1)) % prime }
            var power: UInt64 = 1
            repeat {
                if power == residue { return true }
                power = power * 65_537 % prime
            } while power != 1
            return false
        }
    }
}
