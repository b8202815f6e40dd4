// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// What every command that needs settings shows in its help.
///
/// `SettingFlags` takes these words off the command line before the argument parser sees it, so that they may stand before
/// the command, too; here they are declared for the help texts and the shell completions.
struct SettingOptions: ParsableArguments {
    @Option(
        name: .customLong("env-file"),
        help: ArgumentHelp(
            "The file of settings; by default the one that AUTHD_ENV_FILE names, ./.env or /etc/authd/authd.env. Every setting "
                + "without a secret can be a flag, too, such as --database-url (listed by `authd serve --help`).",
            valueName: "path"),
        completion: .file())
    var environmentFile: String?

    /// The same for the help of a group of commands, which has no options.
    static let note = "All of them take --env-file PATH, which names the file of settings, and settings as flags."
}
