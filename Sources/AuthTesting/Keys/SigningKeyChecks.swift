// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// K1 and K2: keys.
enum SigningKeyChecks {
    static let all: [StoreCheck] = [
        StoreCheck("K1", "of concurrent starts on an empty store, one makes the key", on: oneKey),
        StoreCheck("K1", "each decision sees the previous write", on: successiveDecisions),
        StoreCheck("K1", "a change is in the feed and audited, an unchanged write is not", on: changing),
        StoreCheck("K2", "of concurrent first check values, one is stored", on: oneCheck),
        StoreCheck("K2", "a check value is replaced only if it is still the old one", on: replacement),
    ]

    private static func key(_ id: String, _ state: SigningKeyState = .active, at seconds: Int64 = 0) -> StoredSigningKey
    {
        let now = StoreUnderTest.start + .seconds(seconds)
        return StoredSigningKey(
            id: id, algorithm: "ES256", state: state, sealedPrivateKey: Array(id.utf8), publicJWK: "{}",
            createdAt: now, stateChangedAt: now)
    }

    private static func oneKey(_ test: StoreUnderTest) async throws {
        let answers = try await concurrently(10) { number in
            try await test.store.updateSigningKeys(context: test.context()) { keys in
                keys.isEmpty ? SigningKeyUpdate(put: [key("key\(number)")]) : .none
            }.outcome
        }
        let keys = try await test.store.signingKeys()
        try requireEqual(keys.count, 1, "the number of keys")
        for answer in answers { try requireEqual(answer, keys, "an answer") }
        try requireEqual(try await test.feed(), [.keysChanged], "the feed")
        try requireEqual(try await test.audit().map(\.action), [.keyCreated], "the audit log")
    }

    private static func successiveDecisions(_ test: StoreUnderTest) async throws {
        _ = try await concurrently(12) { _ in
            try await test.store.updateSigningKeys(context: test.context()) { keys in
                SigningKeyUpdate(put: [key("key\(keys.count)", .pending, at: Int64(keys.count))])
            }.outcome
        }
        let ids = try await test.store.signingKeys().map(\.id)
        try requireEqual(ids, (0..<12).map { "key\($0)" }, "the keys, oldest first")
    }

    private static func changing(_ test: StoreUnderTest) async throws {
        _ = try await test.store.updateSigningKeys(context: test.context()) { _ in
            SigningKeyUpdate(put: [key("b"), key("a", .retiring), key("c", .retired, at: -1)])
        }.outcome
        try requireEqual(try await test.store.signingKeys().map(\.id), ["c", "a", "b"], "the keys")
        let before = try await test.store.signingKeys()
        let cursor = try await test.cursor()
        let unchanged = try await test.store.updateSigningKeys(context: test.context(1)) { _ in .none }.outcome
        try requireEqual(unchanged, before, "the answer")
        try requireEqual(try await test.feed(after: cursor), [], "the feed")

        let resealed = key("a", .retired, at: 0)
        let after = try await test.store.updateSigningKeys(context: test.context(2)) { _ in
            SigningKeyUpdate(put: [resealed], remove: ["c", "unknown"])
        }.outcome
        try requireEqual(after, [resealed, key("b")], "the answer")
        try requireEqual(try await test.store.signingKeys(), after, "the keys")
        try requireEqual(try await test.feed(after: cursor), [.keysChanged], "the feed")
        try requireEqual(try await test.audit().count, 5, "the length of the audit log")
    }

    private static func oneCheck(_ test: StoreUnderTest) async throws {
        let answers = try await concurrently(12) { number in
            try await test.store.rootKeyCheck(orStore: [UInt8(number)])
        }
        try requireEqual(Set(answers).count, 1, "the number of answers")
        try requireEqual(try await test.store.rootKeyCheck(orStore: [99]), answers[0], "the value")
    }

    private static func replacement(_ test: StoreUnderTest) async throws {
        try requireEqual(try await test.store.replaceRootKeyCheck([1], by: [2]), false, "replacing nothing")
        _ = try await test.store.rootKeyCheck(orStore: [1])
        try requireEqual(try await test.store.replaceRootKeyCheck([3], by: [2]), false, "replacing another")
        try requireEqual(try await test.store.replaceRootKeyCheck([1], by: [2]), true, "replacing it")
        try requireEqual(try await test.store.rootKeyCheck(orStore: [1]), [2], "the value")
    }
}
