// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTesting
import Glibc
import Testing

@testable import AuthCrypto

/// Password hashes in a process that gets no more memory.
@Suite("Hashing without memory", .timeLimit(.minutes(5)))
struct MemoryShortageTests {
    /// Limits how much address space this process may still map, or lifts that limit.
    private static func limit(toFurther bytes: rlim_t?) {
        var current = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &current)
        current.rlim_cur = bytes.map { addressSpace() + $0 } ?? current.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &current)
    }

    private static func addressSpace() -> rlim_t {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var pages: rlim_t = 0
        while case let octet = fgetc(file), (48...57).contains(octet) { pages = pages * 10 + rlim_t(octet - 48) }
        return pages * rlim_t(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// One hash of each way in which a password is computed, all needing more than 16 MiB.
    private static let costs = [
        // authd's own, and others that libsodium's raw interface computes.
        PasswordHashCost.argon2(.argon2id, memoryKiB: 19_456, iterations: 2, parallelism: 1),
        .argon2(.argon2id, memoryKiB: 65_536, iterations: 1, parallelism: 1),
        // Those that it computes from their text alone.
        .argon2(.argon2id, memoryKiB: 65_536, iterations: 1, parallelism: 4),
        .argon2(.argon2i, memoryKiB: 65_536, iterations: 1, parallelism: 1),
        // More than malloc may have reserved for a thread.
        .scrypt(logN: 17, blockSize: 8, parallelism: 1),
    ]

    @Test("out of memory, no password is called wrong, and the right one is accepted when there is memory again")
    func shortage() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            let hasher = PasswordHasher()
            let password = try Password("correct horse")
            var hashes: [PasswordHash] = []
            for cost in Self.costs {
                hashes.append(PasswordHash(cost: cost, salt: Array(0..<16), digest: Array(0..<32)))
            }
            hashes.append(
                PasswordHash(cost: Self.costs[0], salt: Array(0..<12), digest: Array(0..<24)))
            hashes.append(try hasher.hash(password, random: SeededRandom(seed: 5)))
            // What is loaded and set up at the first use. Of scrypt a small one: what it frees may be kept by malloc.
            let small = PasswordHashCost.scrypt(logN: 4, blockSize: 8, parallelism: 1)
            for hash in hashes + [PasswordHash(cost: small, salt: Array(0..<16), digest: Array(0..<32))] {
                if hash.cost == Self.costs.last { continue }
                _ = try hasher.verify(password, against: hash)
            }

            Self.limit(toFurther: 8 << 20)
            for hash in hashes {
                do throws(CryptoError) {
                    let isRight = try hasher.verify(password, against: hash)
                    fail("\(hash.cost.label) without memory is called \(isRight ? "right" : "wrong")")
                } catch {
                    switch error {
                    case .outOfMemory: continue
                    case .libraryFailure, .resourcesExhausted, .fileUnreadable: fail("\(hash.cost.label): \(error)")
                    @unknown default: fail("\(error)")
                    }
                }
            }
            Self.limit(toFurther: nil)
            for hash in hashes.dropLast() where try hasher.verify(password, against: hash) { fail("a wrong password") }
            guard try hasher.verify(password, against: hashes[hashes.count - 1]) else { fail("the right password") }
        }
        let words = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(words.isEmpty)
    }
}

/// Ends this process, which is judged by what it says.
private func fail(_ reason: String) -> Never {
    let text = Array((reason + "\n").utf8)
    _ = write(STDERR_FILENO, text, text.count)
    exit(0)
}
