// SPDX-License-Identifier: Apache-2.0

@testable import authd

extension UnsafeSettingsTests {
    private static let api = ["SUPABASE_API": "on", "PUBLIC_URL": "https://id.example.com"]

    static let supabase: [Case] = [
        Case(.supabaseAPI, "true", "needs a PUBLIC_URL that is https in production, "),
        Case(.supabaseAPI, "true", with: ["PUBLIC_URL": "http://localhost:8000"], "needs a PUBLIC_URL that is https"),
        Case(
            .supabaseAPI, "true", with: ["PUBLIC_URL": "https://id.example.com", "ALGORITHM": "EdDSA"],
            "cannot be used with ALGORITHM=EdDSA, "),
        Case(.supabaseSiteURL, "http://app.example.com", "is no https URL (http on the same machine)"),
        Case(.supabaseSiteURL, "https://ada@app.example.com", with: api, "is no https URL"),
        Case(.supabaseSiteURL, "https://app.example.com/?a=b", with: api, "is no https URL"),
        Case(.supabaseSiteURL, "com.example.app:/welcome", with: api, "is no https URL"),
        Case(
            .supabaseSiteURL, "app.example.com",
            "is no https URL (http on the same machine) without user, parameters and fragment; https://app.example.com may "
                + "be meant."),
        Case(
            .redirectAllowList, "https://app.example.com/**,https://*", with: api,
            "has the entry \"https://*\", which is no address of one host"),
        Case(.redirectAllowList, "**", "has the entry \"**\", which is no address of one host"),
        Case(.redirectAllowList, "https://**/welcome", "has the entry \"https://**/welcome\", which is no address"),
        Case(.redirectAllowList, "htt?s://app.example.com/", "has the entry "),
        Case(.redirectAllowList, "https://ada@app.example.com/**", "has the entry "),
        Case(.redirectAllowList, "https://app.example.com/*/*/*/*/*", "has the entry "),
        Case(
            .redirectAllowList, "app.example.com/**",
            "has the entry \"app.example.com/**\", which is no address of one host and no pattern of such addresses; "
                + "https://app.example.com/** may be meant."),
        Case(
            .redirectAllowList, (1...65).map { "https://app\($0).example.com/" }.joined(separator: ","), with: api,
            "has more than 64 entries; "),
        Case(
            .supabaseAutoconfirm, "true", with: api.merging(["REQUIRE_VERIFIED_EMAIL": "true"]) { $1 },
            "lets users in without the proof"),
        Case(
            .supabaseAutoconfirm, "true", with: api.merging(["REGISTRATION_PRIVACY": "true"]) { $1 },
            "lets users in without the proof"),
        Case(
            .supabaseAutoconfirm, "true",
            with: api.merging(["REGISTRATION": "domains", "REGISTRATION_DOMAINS": "example.com"]) { $1 },
            "lets users in without the proof"),
        Case(.supabaseImplicitFlow, "perhaps", "is neither true nor false; "),
        Case(.supabaseMailInterval, "3601", "is not a whole number from 0 to 3600; "),
        Case(.supabasePasswordMinimum, "5", "is not a whole number from 6 to 128; "),
        Case(.supabaseCodeDigits, "5", "is not a whole number from 6 to 10; "),
        Case(.supabaseCodeMinutes, "61", "is not a whole number from 1 to 60; "),
        Case(.supabaseLinkHours, "25", "is not a whole number from 1 to 24; "),
        Case(.supabaseJWTSecret, "6f1d2b9e4c7a8053", with: api, "is shorter than 32 bytes; "),
        Case(
            .supabaseJWTSecret, "super-secret-jwt-token-with-at-least-32-characters-long", with: api,
            "is a published example; "),
        Case(.supabaseJWTSecret, String(repeating: "k3Z9x!", count: 8), "follows a pattern"),
        Case(
            .supabaseJWTSecret, Secrets.strong,
            with: api.merging(["ALGORITHM": "HS256", "SECRET_KEY": Secrets.strong]) { $1 }, "is the same as SECRET_KEY"),
        Case(.supabaseJWTSecret, Secrets.rootKey, with: ["ROOT_KEY": Secrets.rootKey], "is the same as SECRET_KEY, "),
        Case(.supabaseJWTSecret, good, with: ["CHANGE_FEED_SECRETS": good], "is the same as SECRET_KEY, "),
        Case(
            .supabaseJWTSecret, Secrets.otherRootKey, with: ["ROOT_KEY_PREVIOUS": Secrets.otherRootKey],
            "is the same as SECRET_KEY, "),
        Case(
            .supabaseJWTSecretFile, "/f", with: ["SUPABASE_JWT_SECRET": Secrets.strong],
            "is set together with SUPABASE_JWT_SECRET; "),
    ]
}
