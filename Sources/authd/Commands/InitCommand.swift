// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCrypto
import Glibc

/// `authd init`: writes what a new installation begins with, its settings and its root key.
struct InitCommand: PlainCommand {
    /// What is set up.
    enum Shape: String, CaseIterable, ExpressibleByArgument, Hashable, Sendable {
        /// A developer's machine.
        case development
        /// SQLite behind a proxy on one host.
        case single
        /// PostgreSQL behind a proxy.
        case postgres
    }

    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Writes a file of settings and a root key for a new installation.",
        discussion: """
            The shape is development (SQLite, mails into a file), single (SQLite behind a proxy on this host) or postgres \
            (PostgreSQL behind a proxy). Settings that are given as flags, such as --public-url https://id.example.com, go into \
            the file; every other setting stands there as a comment. The root key is made for single and postgres, where \
            --root-key-file says or beside the file of settings. Existing files are never changed. A secret is no flag: the \
            command says which ones to add to the file.
            """)

    @Argument(help: "The shape: development, single or postgres.")
    var shape: Shape
    @Option(help: "The file of settings to write.", completion: .file())
    var output = ".env"

    func perform(_ flags: SettingFlags) throws(CommandFailure) {
        guard flags.environmentFile == nil else {
            throw CommandFailure(.usage, "authd init reads no file of settings; --output names the one to write.")
        }
        var values = flags.values
        var rootKey: String?
        if shape != .development {
            let name = SettingKey.rootKeyFile.rawValue
            let folder = output.lastIndex(of: "/").map { output[...$0] } ?? ""
            let path = values[name] ?? AbsolutePath.of(folder + "root.key")
            values[name] = path
            rootKey = path
        }
        let file = try InitialSettings(shape, values)
        for path in [output, rootKey].compactMap(\.self) where access(path, F_OK) == 0 {
            throw CommandFailure(.failed, "\(AbsolutePath.of(path)) exists; nothing was changed.")
        }
        if let rootKey { try Self.makeKey(at: rootKey) }
        do throws(CommandFailure) {
            try NewPrivateFile.write(file.text, to: output)
        } catch {
            // The key of this run has sealed nothing, and the next try would find that it exists.
            if let rootKey { RootKeyFile(path: rootKey).remove() }
            throw error
        }
        if let rootKey {
            StandardStream.output.line("A root key is in \(AbsolutePath.of(rootKey)); keep a copy beside your backups.")
        }
        StandardStream.output.line("The settings are in \(AbsolutePath.of(output)).")
        for sentence in file.remarks { StandardStream.output.line("- \(sentence)") }
        for sentence in shape.nextSteps(settings: AbsolutePath.of(output)) { StandardStream.output.line(sentence) }
    }

    private static func makeKey(at path: String) throws(CommandFailure) {
        do throws(RootKeyFileError) {
            try RootKeyFile(path: path).make(random: SystemRandom())
        } catch {
            throw CommandFailure(.failed, error.sentence)
        }
    }
}

extension InitCommand.Shape {
    /// What to type next.
    fileprivate func nextSteps(settings: String) -> [String] {
        let check = "authd config check --env-file \(settings)"
        let serve = "authd serve --env-file \(settings)"
        let administrator =
            "authd user create --env-file \(settings) --username ada --email ada@example.com --role admin"
        return switch self {
        case .development: ["Next:", "  \(serve)", "  \(administrator)"]
        case .single: ["Next:", "  \(check)", "  \(serve)", "  \(administrator)"]
        case .postgres:
            ["Next:", "  \(check)", "  authd migrate --env-file \(settings)", "  \(serve)", "  \(administrator)"]
        }
    }
}
