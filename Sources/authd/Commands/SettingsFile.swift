// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The file of settings that a command reads: one, or none.
///
/// `--env-file` names it, else `AUTHD_ENV_FILE`; else it is `.env` in the working directory, else the one of the system.
/// A file that exists and cannot be read stops the command: without it, another database would be used.
struct SettingsFile: Sendable {
    /// The variable that names the file where no flag does.
    static let variable = "AUTHD_ENV_FILE"
    /// The file in the working directory.
    static let localPath = ".env"
    /// The file of a daemon that is installed on this host.
    static let systemPath = "/etc/authd/authd.env"

    /// The file by its full path.
    let path: String
    let contents: EnvironmentFile
    /// A sentence where others may read the file.
    let exposure: String?

    /// Finds and reads the file; `nil` where none is named and none is there.
    ///
    /// The file of the system is never read for `ENVIRONMENT=development`, whose commands must not reach a daemon in
    /// production.
    ///
    /// - Throws: `.configuration` where a file that is named or there cannot be read, or is not to be trusted.
    static func find(
        _ flags: SettingFlags, environment: [String: String], localPath: String = Self.localPath,
        systemPath: String = Self.systemPath
    ) throws(CommandFailure) -> SettingsFile? {
        if let path = flags.environmentFile {
            return try SettingsFile(named: path, by: SettingFlags.environmentFileFlag)
        }
        if let path = environment[variable], !path.isEmpty { return try SettingsFile(named: path, by: variable) }
        if let file = try SettingsFile(ifPresent: localPath) { return file }
        let name = SettingKey.environment.rawValue
        guard (flags.values[name] ?? environment[name]) != DaemonConfiguration.Environment.development.rawValue else {
            return nil
        }
        return try SettingsFile(ifPresent: systemPath)
    }

    private init(named path: String, by origin: String) throws(CommandFailure) {
        switch FileContents.readNoting(path, maximumBytes: EnvironmentFile.maximumBytes) {
        case .success(let file): self.init(path, file)
        case .failure(let failure):
            throw CommandFailure(
                .configuration,
                "The settings file \(Redaction.printable(path)), which \(origin) names, cannot be read: "
                    + "\(FileContents.reason(failure.code)).")
        }
    }

    private init?(ifPresent path: String) throws(CommandFailure) {
        switch FileContents.readNoting(path, maximumBytes: EnvironmentFile.maximumBytes) {
        case .success(let file):
            let (reader, group) = (geteuid(), getegid())
            let fault =
                Self.fault(path, linkOwner: FileContents.linkOwner(path), reader: reader)
                ?? Self.fault(path, file, reader: reader, group: group)
            if let fault { throw CommandFailure(.configuration, fault) }
            self.init(path, file)
        case .failure(let failure) where failure.code == ENOENT || failure.code == ENOTDIR:
            return nil
        case .failure(let failure):
            throw CommandFailure(
                .configuration,
                "The settings file \(AbsolutePath.of(path)) cannot be read: \(FileContents.reason(failure.code)). Run the "
                    + "command as the user of the daemon, or name another file with --env-file.")
        }
    }

    private init(_ path: String, _ file: FileContents.Noted) {
        self.path = AbsolutePath.of(path)
        contents = EnvironmentFile(file.bytes, name: path)
        exposure = FileExposure.warning(path, of: "The settings file")
    }

    /// Why a file that was found rather than named is not used: its writer decides which database is opened, and
    /// a folder such as /tmp holds files of other users.
    static func fault(_ path: String, _ file: FileContents.Noted, reader: uid_t, group: gid_t) -> String? {
        let shown = AbsolutePath.of(path)
        guard file.owner == reader || file.owner == 0 else { return foreign("The settings file \(shown)") }
        // Where each user has a group of their own, files that the group may write are usual. Such a group has the user's number;
        // another one, such as `users`, has other members.
        let forbidden: mode_t = file.group == group && group == reader ? 0o002 : 0o022
        guard file.mode & forbidden == 0 else {
            return "The settings file \(shown) can be changed by others: run `chmod 600 \(shown)`."
        }
        return nil
    }

    /// Why a file that was found through a symbolic link is not used: the link's owner has chosen the file, and with it the
    /// database.
    static func fault(_ path: String, linkOwner: uid_t?, reader: uid_t) -> String? {
        guard let linkOwner, linkOwner != reader, linkOwner != 0 else { return nil }
        return foreign("The settings file \(AbsolutePath.of(path)) is a symbolic link that")
    }

    private static func foreign(_ subject: String) -> String {
        "\(subject) belongs to another user and is not used: name it with --env-file if you trust that user."
    }
}
