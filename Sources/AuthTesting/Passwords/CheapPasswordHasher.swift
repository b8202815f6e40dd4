// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthCrypto
import Synchronization

/// Password hashing that costs microseconds and counts its calls, so that tests can compare the work of two requests.
///
/// - Warning: Its hashes can be guessed at once.
public final class CheapPasswordHasher: PasswordHashing {
    /// The calls so far.
    public struct Counts: Hashable, Sendable {
        /// Hashes made.
        public var hashes = 0
        /// Passwords checked, against real and dummy hashes alike.
        public var verifications = 0
    }

    private struct State {
        var counts = Counts()
        var lanes: [HashingLane] = []
        var outdated: Set<String> = []
        var refusal: HashingError?
        var verifiesAllTheSame = false
        var hasRoomAllTheSame = false
    }

    private let state = Mutex(State())
    private let random: any RandomSource

    /// Makes a hasher that draws its salts from `random`.
    public init(random: any RandomSource = SeededRandom(seed: 77)) {
        self.random = random
    }

    /// The calls so far.
    public var counts: Counts { state.withLock { $0.counts } }

    /// The queue places requested, for each password checked so far.
    public var lanes: [HashingLane] { state.withLock { $0.lanes } }

    /// The hash that a system without normalization would have stored for these octets.
    public func hash(octets: [UInt8]) -> PasswordHash {
        octets.withUnsafeBufferPointer { Self.hash($0, salt: random.bytes(count: 8)) }
    }

    /// Makes every further call throw, or succeed again if `nil`.
    ///
    /// With `verifyingAllTheSame`, only hashing throws: checking passwords and asking for room in the queue still work.
    /// With `checkingRoomAllTheSame`, only asking for room still works.
    public func refuse(
        with error: HashingError?, verifyingAllTheSame: Bool = false, checkingRoomAllTheSame: Bool = false
    ) {
        state.withLock { state in
            state.refusal = error
            state.verifiesAllTheSame = verifyingAllTheSame
            state.hasRoomAllTheSame = checkingRoomAllTheSame
        }
    }

    /// Makes every hash that exists by now count as outdated.
    public func outdate(_ hash: PasswordHash) {
        state.withLock { _ = $0.outdated.insert(hash.encoded) }
    }

    /// The standard ones, which it does not use.
    public var parameters: HashingParameters { .standard }

    /// Counts, then hashes at no cost, unless it was told to refuse.
    public func hash(_ password: Password) async throws(HashingError) -> PasswordHash {
        try admit(isVerification: false) { $0.hashes += 1 }
        return Self.hash(password, salt: random.bytes(count: 8))
    }

    /// Counts and notes the lane, then compares, unless it was told to refuse.
    public func match(
        _ password: Password, against hash: PasswordHash, lane: HashingLane
    ) async throws(HashingError) -> PasswordMatch {
        try admit(isVerification: true) { $0.verifications += 1 }
        state.withLock { $0.lanes.append(lane) }
        guard let salt = Self.salt(of: hash) else { return .none }
        if Self.hash(password, salt: salt) == hash { return .normalized }
        return password.withPresentedBytes { Self.hash($0, salt: salt) } == hash ? .asPresented : .none
    }

    /// Throws if it was told to refuse hashing, unless checks were excepted.
    public func checkRoom(mayBeReserved: Bool) throws(HashingError) {
        let refusal = state.withLock { $0.verifiesAllTheSame || $0.hasRoomAllTheSame ? nil : $0.refusal }
        if let refusal { throw refusal }
    }

    /// Whether the hash was outdated by ``outdate(_:)``.
    public func needsRehash(_ hash: PasswordHash) -> Bool {
        state.withLock { $0.outdated.contains(hash.encoded) }
    }

    private func admit(isVerification: Bool, _ count: (inout Counts) -> Void) throws(HashingError) {
        let refusal = state.withLock { state -> HashingError? in
            count(&state.counts)
            return isVerification && state.verifiesAllTheSame ? nil : state.refusal
        }
        if let refusal { throw refusal }
    }

    /// The form of a real hash with one round, whose digest is a plain one: fast, and readable by `PasswordHash`.
    private static func hash(_ password: Password, salt: [UInt8]) -> PasswordHash {
        password.withBytes { hash($0, salt: salt) }
    }

    private static func hash(_ password: UnsafeBufferPointer<UInt8>, salt: [UInt8]) -> PasswordHash {
        let digest = SHA256.digest(salt + Array(password))
        let text = "$pbkdf2-sha256$1$\(passlib(salt))$\(passlib(digest))"
        guard let hash = try? PasswordHash(parsing: text) else {
            preconditionFailure("a hash of one round is well-formed")
        }
        return hash
    }

    private static func salt(of hash: PasswordHash) -> [UInt8]? {
        let parts = hash.encoded.split(separator: "$")
        guard parts.count == 4, parts[0] == "pbkdf2-sha256" else { return nil }
        return Base64URL.decode(parts[2].utf8.map(urlAlphabet))
    }

    /// passlib writes `.` and `/` where base64url has `-` and `_`.
    private static func urlAlphabet(_ octet: UInt8) -> UInt8 {
        switch octet {
        case UInt8(ascii: "."): UInt8(ascii: "-")
        case UInt8(ascii: "/"): UInt8(ascii: "_")
        default: octet
        }
    }

    private static func passlib(_ octets: [UInt8]) -> String {
        String(Base64URL.encode(octets).map { $0 == "-" ? "." : $0 == "_" ? "/" : $0 })
    }
}
