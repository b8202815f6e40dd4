// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The process as a command finds it: its arguments' settings, its environment, its file of settings.
struct Invocation: Sendable {
    /// Where all settings stand.
    let sources: SettingSources
    /// The file that was read, by its full path; `nil` for none.
    let settingsFile: String?
    /// The same before the files of secrets were read.
    private let unread: SettingSources
    /// A sentence where others may read the file of settings.
    private let fileExposure: String?

    /// Reads the file of settings.
    ///
    /// - Throws: As ``SettingsFile/find(_:environment:systemPath:)``.
    init(
        _ flags: SettingFlags, environment: [String: String], systemFile: String = SettingsFile.systemPath
    ) throws(CommandFailure) {
        let file = try SettingsFile.find(flags, environment: environment, systemPath: systemFile)
        unread = SettingSources(flags: flags.values, environment: environment, file: file?.contents)
        sources = unread.withSecrets
        settingsFile = file?.path
        fileExposure = file?.exposure
    }

    /// Names the file of settings on standard error.
    func tellSettingsFile() {
        guard let settingsFile else { return }
        StandardStream.error.line("authd: settings from \(settingsFile)", patience: .seconds(2))
    }

    /// All settings with the files of secrets as they are now.
    var sourcesReadAgain: SettingSources { unread.withSecrets }

    /// The settings, checked.
    ///
    /// - Throws: Every problem at once.
    func configuration() throws(CommandFailure) -> DaemonConfiguration {
        do throws(ConfigurationProblems) {
            var configuration = try DaemonConfiguration.read(sources)
            if let fileExposure { configuration.warnings.append(fileExposure) }
            configuration.warnings += configuration.database.exposures
            return configuration
        } catch {
            throw CommandFailure(error)
        }
    }

    /// The process's environment; entries that are not UTF-8 are none of ours.
    static func processEnvironment() -> [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            entry += 1
            guard let line = String(validatingCString: text), let equals = line.firstIndex(of: "=") else { continue }
            variables[String(line[..<equals])] = String(line[line.index(after: equals)...])
        }
        return variables
    }
}
