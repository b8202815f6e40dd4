// SPDX-License-Identifier: Apache-2.0

extension Setting {
    /// Those of the group of this name, in the order of the reference.
    static let supabase: [Setting] = [
        Setting(
            .supabaseAPI, .supabase, .flag, default: "false",
            "Serves Supabase's API below `/auth/v1`, so that its client libraries sign users in and administer them "
                + "([how](supabase.md)). Without it no such route and no key is there, and no other setting of this part has "
                + "an effect but `REDIRECT_ALLOW_LIST`.",
            unsafeValues: "`true` with an `ALGORITHM` other than `ES256`, `RS256` and `HS256`, because the "
                + "libraries read no other; in production, without a `PUBLIC_URL` that is `https`."),
        Setting(
            .supabaseSiteURL, .supabase, .text, absence: "`PUBLIC_URL`",
            "The application's address, where links of mails and sign-ins by providers lead to if a client names no other that "
                + "is allowed. Every address of its scheme, host and port is.",
            unsafeValues: "No `https` URL (`http` on the same machine), or one with user, parameters or fragment."),
        Setting(
            .redirectAllowList, .supabase, .list, absence: "the addresses of `SUPABASE_SITE_URL` alone",
            "Further addresses where links of mails and sign-ins by providers may lead to, and those of `return_to`: URLs "
                + "such as `https://app.example.com/welcome` and addresses of apps, with `*` for text without dots and slashes, `**` for "
                + "any text and, behind the host, `?` for one character. `https://*-team.example.app/**` is one. A fragment is not compared.",
            unsafeValues: "An entry that is no address; a star in the scheme or in the last part of the host; more "
                + "than four stars or 256 bytes in an entry; more than \(SettingReader.mostRedirects) entries."),
        Setting(
            .supabaseAutoconfirm, .supabase, .flag, default: "false",
            "Opens a session at a sign-up and changes addresses at once, without a mail. `/auth/v1` then calls every address "
                + "confirmed; for all other purposes it stays unverified. The start warns of it.",
            unsafeValues: "`true` with `REQUIRE_VERIFIED_EMAIL`, `REGISTRATION_PRIVACY` or `REGISTRATION=domains`, "
                + "which demand the proof."),
        Setting(
            .supabaseAnonymous, .supabase, .flag, default: "false",
            "Lets clients sign users up without an address and a password (`signInAnonymously`)."),
        Setting(
            .supabaseManualLinking, .supabase, .flag, default: "false",
            "Lets users link identities of providers, and unlink them, by `/auth/v1/user/identities`."),
        Setting(
            .supabaseManageAdmins, .supabase, .flag, default: "false",
            "Lets a key of the admin API choose the passwords and addresses of users with another role than `user` and `guest` or "
                + "with permissions of their own, ban and delete them, and make links that sign in as them. Every holder of a key "
                + "is an administrator of authd then."),
        Setting(
            .supabaseImplicitFlow, .supabase, .flag, default: "true",
            "Allows the implicit flow, in which the tokens come back in the fragment of a URL. With `false` clients must use PKCE "
                + "(`flowType: \"pkce\"`); the links of invitations and those that a secret key has made lead back with tokens all "
                + "the same."),
        Setting(
            .supabaseSecureEmailChange, .supabase, .flag, default: "true",
            "Changes an address when both mailboxes have confirmed it, the current and the new one; with `false` the new one "
                + "suffices."),
        Setting(
            .supabaseMailInterval, .supabase, .integer(0...3_600), default: "60",
            "The seconds that must lie between two mails of one kind to one address; an earlier request is answered 429, known "
                + "address or not. 0 lifts it."),
        Setting(
            .supabasePasswordMinimum, .supabase, .integer(6...128), absence: "8, as for every other route",
            "The fewest characters of a new password that is set through `/auth/v1`. The start warns of fewer than 8."),
        Setting(
            .supabaseCodeDigits, .supabase, .integer(6...10), default: "8",
            "The digits of a mailed code of `/auth/v1`. The start warns of fewer than 8: each digit less makes a guess ten times "
                + "as likely to be right."),
        Setting(
            .supabaseCodeMinutes, .supabase, .integer(1...60), default: "10",
            "The minutes for which a mailed code of `/auth/v1` is valid."),
        Setting(
            .supabaseLinkHours, .supabase, .integer(1...24), default: "1",
            "The hours for which a mailed link of `/auth/v1` is valid."),
        Setting(
            .supabaseVerifyOnGet, .supabase, .flag, default: "false",
            "Uses a mailed link up as soon as it is opened, as Supabase does, instead of showing a page with a button first. A "
                + "scanner of mails that opens links then burns them. What such a link proves binds no credential, and the start "
                + "warns of it."),
        Setting(
            .supabaseJWTSecret, .supabase, .text, absence: "none, and keys alone open the admin API",
            confidentiality: .secret,
            "A secret for service-role keys that a program signs itself with HS256, of the form `{\"role\": \"service_role\"}`. "
                + "Its holders have the whole admin API, and the audit log does not tell them apart, so it is for a move from "
                + "Supabase alone; the start warns of it.",
            unsafeValues: "Shorter than 32 bytes, an example, a repeated pattern, the same as `SECRET_KEY`, `ROOT_KEY` "
                + "or one of `CHANGE_FEED_SECRETS`."),
        file(.supabaseJWTSecretFile, of: .supabaseJWTSecret, .supabase),
    ]
}
