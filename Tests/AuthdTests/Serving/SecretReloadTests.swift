// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Glibc
import Logging
import Synchronization
import Testing

@testable import authd

@Suite("Secrets that are read again")
struct SecretReloadTests {
    private static let first = "6f1d2b9e4c7a8053e2d1c4b7a6958f30"
    private static let second = "03f8596a7b4c1d2e3508a7c4e9b2d1f6"

    /// A folder with two secrets, and what is told of them.
    private struct Fixture {
        let folder: TemporaryDirectory
        let log = LogLines()
        let reload: SecretReload

        init() throws {
            let folder = try TemporaryDirectory()
            self.folder = folder
            for name in ["feed", "key"] { try folder.write(SecretReloadTests.first, to: name) }
            let unread = SettingSources(environment: [
                "CHANGE_FEED_SECRETS_FILE": folder.file("feed"), "SECRET_KEY_PREVIOUS_FILE": folder.file("key"),
            ])
            let log = log
            reload = SecretReload(unread.withSecrets, logger: Logger(label: "test") { _ in log.handler }) {
                unread.withSecrets
            }
        }

        /// What was replaced at one reading.
        func replaced(_ canReplace: (SettingKey) -> Bool = { $0 == .changeFeedSecrets }) -> [SettingKey] {
            var keys: [SettingKey] = []
            reload.run { key, _ in
                guard canReplace(key) else { return false }
                keys.append(key)
                return true
            }
            return keys
        }
    }

    @Test("are replaced where they changed, once; one that needs a restart is told of at every reading")
    func changes() throws {
        let fixture = try Fixture()
        defer { fixture.folder.remove() }
        #expect(fixture.reload.hasFiles)
        #expect(fixture.replaced() == [] && fixture.log.all == [])

        try fixture.folder.write(Self.second, to: "feed")
        #expect(fixture.replaced() == [.changeFeedSecrets])
        #expect(fixture.replaced() == [])
        #expect(fixture.log.all == ["secret replaced setting=CHANGE_FEED_SECRETS_FILE"])

        try fixture.folder.write(Self.second, to: "key")
        #expect(fixture.replaced() == [] && fixture.replaced() == [])
        let restart = "secret changed; restart authd to use it setting=SECRET_KEY_PREVIOUS_FILE"
        #expect(Array(fixture.log.all.dropFirst()) == [restart, restart])
        #expect(!fixture.log.all.joined().contains(Self.second))
    }

    @Test("of an identity provider need a restart, which is told at every reading")
    func ofProviders() throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        try folder.write(Self.first, to: "google")
        let unread = SettingSources(environment: [
            "PROVIDERS": "google", "PROVIDER_GOOGLE_CLIENT_ID": "1234",
            "PROVIDER_GOOGLE_CLIENT_SECRET_FILE": folder.file("google"),
        ])
        let log = LogLines()
        let reload = SecretReload(unread.withSecrets, logger: Logger(label: "test") { _ in log.handler }) {
            unread.withSecrets
        }
        #expect(reload.hasFiles)
        reload.run { _, _ in true }
        #expect(log.all == [])

        try folder.write(Self.second, to: "google")
        for _ in 1...2 { reload.run { _, _ in true } }
        let restart = "secret changed; restart authd to use it setting=PROVIDER_GOOGLE_CLIENT_SECRET_FILE"
        #expect(log.all == [restart, restart])
    }

    @Test("stay as they were where one of them cannot be used")
    func faults() throws {
        let fixture = try Fixture()
        defer { fixture.folder.remove() }
        try fixture.folder.write(Self.second, to: "feed")
        try fixture.folder.write(Self.second, to: "key", permissions: 0o644)

        #expect(fixture.replaced { _ in true } == [])

        #expect(fixture.log.all.count == 1)
        #expect(fixture.log.all.first?.hasPrefix("secrets not replaced reason=SECRET_KEY_PREVIOUS_FILE ") == true)
        try fixture.folder.write(Self.second, to: "key", permissions: 0o600)
        #expect(Set(fixture.replaced { _ in true }) == [.changeFeedSecrets, .secretKeyPrevious])
    }

    @Test("of a file system that does not answer hold up no caller, and are read again by the same thread")
    func hangingFiles() async throws {
        let fixture = try Fixture()
        defer { fixture.folder.remove() }
        var ends: [CInt] = [0, 0]
        try #require(pipe(&ends) == 0)
        let (reading, writing) = (ends[0], ends[1])
        defer { for end in [reading, writing] { close(end) } }
        let unread = SettingSources(environment: ["CHANGE_FEED_SECRETS_FILE": fixture.folder.file("feed")])
        let log = fixture.log
        let reload = SecretReload(unread.withSecrets, logger: Logger(label: "test") { _ in log.handler }) {
            var octet: UInt8 = 0
            _ = read(reading, &octet, 1)
            return unread.withSecrets
        }
        try fixture.folder.write(Self.second, to: "feed")
        let (replaced, source) = AsyncStream<SettingKey>.makeStream()
        var iterator = replaced.makeAsyncIterator()
        let replace: @Sendable (SettingKey, DaemonConfiguration) -> Bool = { key, _ in
            source.yield(key)
            return true
        }

        reload.start(replace)
        reload.start(replace)
        #expect(log.all.count == 1)
        #expect(log.all.first?.hasPrefix("files of secrets are still being read, and will be read again") == true)

        #expect(write(writing, "x", 1) == 1)
        #expect(await iterator.next() == .changeFeedSecrets)
        try fixture.folder.write(Self.first, to: "feed")
        #expect(write(writing, "x", 1) == 1)
        #expect(await iterator.next() == .changeFeedSecrets)
    }

    @Test("are none where no setting names a file")
    func none() {
        let sources = SettingSources(environment: ["ROOT_KEY_FILE": "/k", "SECRET_KEY": Secrets.strong])
        #expect(!SecretReload(sources, logger: Logger(label: "test"), read: { sources }).hasFiles)
    }
}
