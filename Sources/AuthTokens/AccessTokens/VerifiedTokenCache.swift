// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import Synchronization

/// Remembers a bounded number of tokens whose signature was found good.
///
/// Says nothing about time: the caller checks the claims at every hit. Entries are compared byte for byte, so that a
/// collision of hashes costs a verification and never confuses two tokens. Only good tokens enter, so that no client without
/// a key can push others out.
///
/// A class because it is shared; divided into parts with a lock each, held for a comparison at most.
final class VerifiedTokenCache: Sendable {
    private struct Entry {
        let hash: Int
        let text: [UInt8]
        let token: VerifiedAccessToken
        /// When it was last asked for, in the part's own count of questions.
        var lastUse: UInt64
    }

    /// Slots in groups of ``ways``; a token may lie in any slot of the one group that its hash names.
    private struct Part {
        /// The keys that all entries were verified with.
        var keys: VerificationKeySet?
        var slots: [Entry?] = []
        var questions: UInt64 = 0

        mutating func index(of text: UnsafeBufferPointer<UInt8>, hash: Int, in group: Range<Int>) -> Int? {
            guard group.upperBound <= slots.count else { return nil }
            for index in group {
                if let entry = slots[index], entry.hash == hash, entry.text.hasSameBytes(as: text) { return index }
            }
            return nil
        }
    }

    /// A lock cannot lie in an array; this can.
    private final class LockedPart: Sendable {
        let state = Mutex(Part())
    }

    private static let partCount = 16
    private static let ways = 4

    /// Longer tokens are verified each time, which bounds memory to capacity times this; one with all the permissions and metadata
    /// that a token may carry is not longer.
    static let maximumTextByteCount = 4_096

    private let parts: [LockedPart]
    private let groupsPerPart: Int

    init(capacity: Int) {
        guard capacity > 0 else {
            parts = []
            groupsPerPart = 0
            return
        }
        let wanted = max(1, min(capacity, 1 << 24) / (Self.partCount * Self.ways))
        groupsPerPart = 1 << (Int.bitWidth - (wanted - 1).leadingZeroBitCount)
        parts = (0..<Self.partCount).map { _ in LockedPart() }
    }

    /// The remembered token of this text; `nil` if there is none or other keys verified it.
    func token(
        for text: UnsafeBufferPointer<UInt8>, verifiedWith keys: VerificationKeySet
    ) -> VerifiedAccessToken? {
        guard !parts.isEmpty, text.count <= Self.maximumTextByteCount else { return nil }
        let hash = Self.hash(text)
        return parts[hash & (Self.partCount - 1)].state.withLock { part in
            guard part.keys === keys, let index = part.index(of: text, hash: hash, in: group(hash)) else { return nil }
            part.questions &+= 1
            part.slots[index]?.lastUse = part.questions
            return part.slots[index]?.token
        }
    }

    /// Remembers a token in place of the least valuable one of its group: none, one that has expired, or the one that
    /// was not asked for longest.
    func remember(
        _ token: VerifiedAccessToken, for text: UnsafeBufferPointer<UInt8>, verifiedWith keys: VerificationKeySet,
        at now: Timestamp
    ) {
        guard !parts.isEmpty, text.count <= Self.maximumTextByteCount else { return }
        let hash = Self.hash(text)
        let copy = Array(text)
        let group = group(hash)
        // What is evicted is released after the lock.
        var evicted: [Entry?] = []
        parts[hash & (Self.partCount - 1)].state.withLock { part in
            if part.keys !== keys || part.slots.isEmpty {
                evicted = part.slots
                part.keys = keys
                part.slots = Array(repeating: nil, count: groupsPerPart * Self.ways)
            }
            part.questions &+= 1
            let entry = Entry(hash: hash, text: copy, token: token, lastUse: part.questions)
            let index =
                part.index(of: text, hash: hash, in: group)
                ?? group.min { Self.worth(part.slots[$0], at: now) < Self.worth(part.slots[$1], at: now) }
            guard let index else { return }
            evicted.append(part.slots[index])
            part.slots[index] = entry
        }
        withExtendedLifetime(evicted) {}
    }

    /// Forgets everything.
    func removeAll() {
        for part in parts {
            let evicted = part.state.withLock { part in
                defer { part.slots = [] }
                return part.slots
            }
            withExtendedLifetime(evicted) {}
        }
    }

    /// Hashes the end of the text, where the signature is.
    ///
    /// It is different for every token and impossible to choose for tokens that verify. Seeded anew in every process.
    private static func hash(_ text: UnsafeBufferPointer<UInt8>) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(text).suffix(32)))
        return hasher.finalize()
    }

    private func group(_ hash: Int) -> Range<Int> {
        let start = (hash >> 4 & (groupsPerPart - 1)) * Self.ways
        return start..<start + Self.ways
    }

    private static func worth(_ entry: Entry?, at now: Timestamp) -> UInt64 {
        guard let entry, entry.token.claims.expiresAtSeconds > now.seconds else { return 0 }
        return entry.lastUse
    }
}
