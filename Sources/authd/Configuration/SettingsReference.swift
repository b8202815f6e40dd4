// SPDX-License-Identifier: Apache-2.0

/// The settings in prose, made from the table: `docs/configuration.md` and `.env.example` are these texts.
enum SettingsReference {
    /// The reference for people.
    static let markdown: String = {
        var text = introduction
        for group in Setting.Group.allCases {
            text += "\n## \(group.rawValue)\n"
            for setting in Setting.all where setting.group == group { text += "\n" + section(setting) }
            guard group == .providers else { continue }
            text += ofProviders
            for setting in ProviderSetting.all { text += "\n" + section(setting) }
        }
        return text
    }()

    /// A file of settings in which every line is a comment.
    static let environmentFile: String = {
        var text = """
            # Settings of authd; copy to .env and take the # off the lines to change.
            # docs/configuration.md describes them. Flags and the environment win over this file.

            """
        for group in Setting.Group.allCases {
            text += "\n# \(group.rawValue)\n"
            for setting in Setting.all where setting.group == group {
                text += "# \(setting.key.rawValue)=\(exampleValue(setting))\n"
            }
            guard group == .providers else { continue }
            text +=
                "# Each provider has settings of its own, such as PROVIDER_GOOGLE_CLIENT_ID; the reference lists them.\n"
        }
        return text
    }()

    private static let introduction = """
        # Configuration

        This page is generated from the program: `authd config reference` prints it.

        A setting is given as a flag (`--db-pool-size 10`), in the environment (`DB_POOL_SIZE=10`) or in one file. A flag wins
        over the environment, the environment over the file. An empty value counts as none, and the start warns
        of it. A secret cannot be given as a flag, because every user of a host can read the arguments of a process.

        The file is the one that `--env-file PATH` names, else the one that the variable `AUTHD_ENV_FILE` names, else `.env` in
        the working directory, else `/etc/authd/authd.env`; each command names it on standard error, the daemon in its log. A
        file that is named or there and cannot be read is an error (exit status 78). With `ENVIRONMENT=development`
        in the environment or as a flag, the file in `/etc` is not read. A file that was found rather than named must belong
        to root or to the user who runs the command, and others must not be able to change it.

        `authd config check` shows the values of all settings, reports errors without starting, and says at its end whether the
        settings can be used. With `--changed` it shows those alone that are not at their defaults, and what follows from others;
        with `--connect` it also reads the files, connects to the database, asks each identity provider and greets the mail
        server. An invalid or unsafe value prevents the start (exit status 78) with a message that names the setting; all
        problems are reported at once ([what authd says](troubleshooting.md#settings)). An unknown flag is an error (64).

        In `.env` the line of a setting is `NAME=value`, with `export` before it and blanks around the `=` if you like. A
        bare value ends at a `#` after a blank. In single quotes everything stands for itself; in double quotes `\\n`,
        `\\r`, `\\t`, `\\"`, `\\\\` and `\\$` are escapes. Nothing is substituted, a value stays on its line, and a name
        stands once. A byte order mark and the line ends of Windows are skipped. Lines that name no setting of authd are
        ignored, whatever they look like, quoted values over several lines too.

        authd warns about a name that looks like a misspelled setting. In `.env` such a name prevents the start if the setting
        that seems to be meant is not given and its default would make a new database or root key:
        `DATABASE_URL`, `ROOT_KEY_FILE` and `ROOT_KEY`. So does an empty value of these.

        The value of a secret can stand in a file, as Docker, Kubernetes, the `LoadCredential` of systemd and the agents of
        secret managers leave it: `SECRET_KEY_FILE` names a file with the value of `SECRET_KEY`, and every other secret has such
        a setting too. A line end at the end of the file is not part of the value; in a list, line ends separate as commas do.
        Setting both is an error. The file belongs to the user that authd runs as and is closed to all others, or it belongs to
        root and is readable by root and a group; below `/run/secrets`, `/var/run/secrets` and `/run/credentials`, which are
        mounted for one container or unit, a file of root may be readable by all. SIGHUP makes the daemon read these files
        again: it uses new values of `SMTP_PASSWORD_FILE` and `CHANGE_FEED_SECRETS_FILE` at once, and logs which others
        changed and need a restart.

        There are two environments, `production` and `development`. Staging, a preview or a test of a release runs as
        `production` with settings of its own. To share settings between environments, give files in layers, the later of which
        wins: `EnvironmentFile=` of systemd and `env_file` of Compose can name several. `.env` is the layer below them all.

        Yes-or-no settings take `true`, `yes`, `on`, `1` and `false`, `no`, `off`, `0`
        in any case; as a flag, one stands alone for yes.

        """

    private static func section(_ setting: Setting) -> String {
        var text = "### \(setting.key.rawValue)\n\n\(setting.summary)\n\n"
        text += "- Value: \(setting.kind.words)\n"
        text += "- Default: \(setting.defaultValue.map { "`\($0)`" } ?? setting.absence ?? "none")\n"
        switch setting.confidentiality {
        case .open: text += "- Flag: `\(setting.key.flagName)`\n"
        case .credentialsInURL: text += "- Flag: `\(setting.key.flagName)`, for a URL without a password\n"
        case .secret: text += "- Flag: none, because it is a secret\n"
        }
        if let unsafe = setting.unsafeValues { text += "- Stops the start: \(unsafe)\n" }
        return text
    }

    /// What stands before the settings that each provider has.
    private static let ofProviders = """

        ### Settings of one provider

        Each provider of `PROVIDERS` has these settings, with its name in capitals and underscores for hyphens in the place of
        `<NAME>`: `PROVIDER_MY_CORP_ISSUER` is for `my-corp`. They are flags, variables and lines of `.env` as all others are.

        """

    private static func section(_ setting: ProviderSetting) -> String {
        var text = "#### `\(setting.name)`\n\n\(setting.summary)\n\n"
        text += "- Value: \(setting.kind.words)\n- Default: \(setting.absence)\n"
        if setting.field.isSecret { text += "- Flag: none, because it is a secret\n" }
        if let unsafe = setting.unsafeValues { text += "- Stops the start: \(unsafe)\n" }
        return text
    }

    static func exampleValue(_ setting: Setting) -> String {
        guard let value = setting.defaultValue else { return "" }
        return value.contains(" ") ? "\"\(value)\"" : value
    }
}

extension Setting {
    /// One line for each setting that can be a flag, for the help of `serve`.
    static let flagOverview = all.filter { $0.confidentiality != .secret }.map { setting in
        let value = setting.defaultValue.map { " (\($0))" } ?? ""
        return "  \(setting.key.flagName)\(value)"
    }.joined(separator: "\n")
}
