// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The process as a command finds it: its arguments' settings, its environment, its file of settings.
struct Invocation: Sendable {
    /// Where all settings stand.
    let sources: SettingSources
    /// A sentence where others may read the file of settings.
    private let fileExposure: String?

    /// Reads the file of settings: the one that was named, or `.env` where there is one.
    ///
    /// - Throws: `.configuration` where a named file cannot be read.
    init(_ flags: SettingFlags, environment: [String: String]) throws(CommandFailure) {
        let path = flags.environmentFile ?? ".env"
        let file: EnvironmentFile?
        switch FileContents.read(path, maximumBytes: EnvironmentFile.maximumBytes) {
        case .success(let bytes): file = EnvironmentFile(bytes, name: path)
        case .failure(let failure):
            guard failure.code == ENOENT, flags.environmentFile == nil else {
                throw CommandFailure(
                    .configuration, "The settings file \(path) cannot be read (error \(failure.code)).")
            }
            file = nil
        }
        sources = SettingSources(flags: flags.values, environment: environment, file: file)
        fileExposure = file == nil ? nil : FileExposure.warning(path, of: "The settings file")
    }

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
