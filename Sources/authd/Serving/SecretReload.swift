// SPDX-License-Identifier: Apache-2.0

import AuthSystem
import Logging
import Synchronization

/// Reads the files of secrets again while the daemon serves, and puts those to use that can be replaced meanwhile.
final class SecretReload: Sendable {
    /// What the thread of ``start(_:)`` does.
    private enum Reading: Hashable, Sendable {
        case none
        case once
        /// The files may have changed since the reading began.
        case again
    }

    private let read: @Sendable () -> SettingSources
    private let logger: Logger
    private let inUse: Mutex<[SettingKey: String]>
    /// The secrets of identity providers that files have, which are used until the next start.
    private let ofProviders: [ProviderSettingKey: String]
    private let reading = Mutex(Reading.none)
    /// Whether the settings name any such file.
    let hasFiles: Bool

    /// The files that the settings of an invocation name.
    convenience init(_ invocation: Invocation, logger: Logger) {
        self.init(invocation.sources, logger: logger) { invocation.sourcesReadAgain }
    }

    /// - Parameters:
    ///   - sources: All settings as they are in use.
    ///   - logger: Where each change and each fault is told.
    ///   - read: Reads the files, and gives all settings with what they hold now.
    init(_ sources: SettingSources, logger: Logger, read: @escaping @Sendable () -> SettingSources) {
        self.read = read
        self.logger = logger
        ofProviders = Self.secretsOfProviders(of: sources)
        hasFiles = SettingKey.secretFiles.contains { sources.given[$0.file] != nil } || !ofProviders.isEmpty
        inUse = Mutex(Self.secrets(of: sources))
    }

    /// Does as ``run(_:)`` on a thread of its own, and returns at once.
    ///
    /// A file system that does not answer holds up that thread, and neither the signals nor the requests. There is one such
    /// thread at most: it reads once more where this was called meanwhile.
    func start(_ replace: @escaping @Sendable (SettingKey, DaemonConfiguration) -> Bool) {
        let isFree = reading.withLock { reading in
            defer { reading = reading == .none ? .once : .again }
            return reading == .none
        }
        guard isFree else {
            logger.warning(
                "files of secrets are still being read, and will be read again; look whether their file system answers")
            return
        }
        do throws(SystemThread.StartError) {
            try SystemThread.detached("authd-secrets") { [self] in
                repeat { run(replace) } while isWantedAgain()
            }
        } catch {
            reading.withLock { $0 = .none }
            logger.error("secrets not replaced", metadata: ["reason": "The system refused a thread."])
        }
    }

    private func isWantedAgain() -> Bool {
        reading.withLock { reading in
            defer { reading = reading == .again ? .once : .none }
            return reading == .again
        }
    }

    /// Reads the files; where the settings can no longer be used with them, everything stays as it was.
    ///
    /// `replace` is given each secret that is another one now, and says whether it uses it from now on. One that it does not is
    /// told of again at the next call.
    func run(_ replace: (SettingKey, DaemonConfiguration) -> Bool) {
        let sources = read()
        let configuration: DaemonConfiguration
        do throws(ConfigurationProblems) {
            configuration = try DaemonConfiguration.read(sources)
        } catch {
            for problem in error.all {
                logger.error("secrets not replaced", metadata: ["reason": "\(problem.sentence)"])
            }
            return
        }
        let found = Self.secrets(of: sources)
        let used = inUse.withLock { $0 }
        for (secret, file) in SettingKey.secretFiles where found[secret] != used[secret] {
            if replace(secret, configuration) {
                inUse.withLock { $0[secret] = found[secret] }
                logger.notice("secret replaced", metadata: ["setting": "\(file.rawValue)"])
            } else {
                tellRestart(file.rawValue)
            }
        }
        let foundOfProviders = Self.secretsOfProviders(of: sources)
        for file in Set(foundOfProviders.keys).union(ofProviders.keys).sorted()
        where foundOfProviders[file] != ofProviders[file] {
            tellRestart(file.text)
        }
    }

    private func tellRestart(_ file: String) {
        logger.warning("secret changed; restart authd to use it", metadata: ["setting": "\(file)"])
    }

    /// What the files hold, by the settings that name them.
    private static func secretsOfProviders(of sources: SettingSources) -> [ProviderSettingKey: String] {
        sources.ofProviders.keys.reduce(into: [:]) { secrets, file in
            guard let pair = ProviderField.secretFiles.first(where: { $0.file == file.field }) else { return }
            secrets[file] = sources.ofProviders[ProviderSettingKey(file.provider, pair.secret)]?.text
        }
    }

    private static func secrets(of sources: SettingSources) -> [SettingKey: String] {
        let read = SettingKey.secretFiles.filter { sources.given[$0.file] != nil }
        return Dictionary(
            uniqueKeysWithValues: read.compactMap { pair in
                sources.given[pair.secret].map { (pair.secret, $0.text) }
            })
    }
}
