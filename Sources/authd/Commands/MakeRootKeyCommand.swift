// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCrypto
import AuthService

/// `authd key make-root`: draws a root key, from which every other secret is derived.
struct MakeRootKeyCommand: PlainCommand {
    static let configuration = CommandConfiguration(
        commandName: "make-root", abstract: "Makes a root key: prints it, or writes it into a new file of mode 600.",
        discussion: """
            The key is 64 hexadecimal digits for ROOT_KEY, or for the file that ROOT_KEY_FILE names. Keep a copy beside the \
            backups of the database, which is of no use without it. An existing file is never changed.
            """)

    @Option(help: "The file to write; without it, the key is printed.", completion: .file())
    var output: String?

    func perform(_ flags: SettingFlags) throws(CommandFailure) {
        guard let output else {
            RootKey(random: SystemRandom()).withUnsafeHexadecimal { StandardStream.output.line($0) }
            return
        }
        do throws(RootKeyFileError) {
            try RootKeyFile(path: output).make(random: SystemRandom())
        } catch {
            throw CommandFailure(.failed, error.sentence)
        }
        let path = AbsolutePath.of(output)
        StandardStream.output.line(
            "A root key is in \(path), which only you can read: set ROOT_KEY_FILE=\(path) before the first start, and keep a copy."
        )
    }
}
