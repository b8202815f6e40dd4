// SPDX-License-Identifier: Apache-2.0

extension MisconfigurationExamples {
    static let supabase: [(SettingKey, MisconfigurationExamples)] = [
        (
            .supabaseAPI,
            .init(conflicting: [.init("true"), .init("true", with: [.publicURL: publicURL, .algorithm: "ES384"])])
        ),
        (
            .supabaseSiteURL,
            .init(
                junk: [.init("http://app.example.com"), .init("https://ada@app.example.com")],
                near: [.init("app.example.com")], conflicting: [.init("https://app.example.com")])
        ),
        (
            .redirectAllowList,
            .init(
                junk: [.init("https://*"), .init("https://**/welcome")], near: [.init("app.example.com/**")],
                conflicting: [.init("https://app.example.com/**")])
        ),
        (
            .supabaseAutoconfirm,
            .init(
                conflicting: [
                    .init("true"),
                    .init("true", with: [.supabaseAPI: "true", .publicURL: publicURL, .registrationPrivacy: "true"]),
                ])
        ),
        (.supabaseAnonymous, .init(conflicting: [.init("true")])),
        (.supabaseManualLinking, .init(conflicting: [.init("true")])),
        (.supabaseManageAdmins, .init(conflicting: [.init("true"), .init("true", with: on)])),
        (.supabaseImplicitFlow, .init(conflicting: [.init("false")])),
        (.supabaseSecureEmailChange, .init(conflicting: [.init("false")])),
        (.supabaseMailInterval, .init(conflicting: [.init("120")])),
        (.supabasePasswordMinimum, .init(conflicting: [.init("10"), .init("6", with: on)])),
        (.supabaseCodeDigits, .init(conflicting: [.init("6"), .init("6", with: on)])),
        (.supabaseCodeMinutes, .init(conflicting: [.init("30")])),
        (.supabaseLinkHours, .init(conflicting: [.init("2")])),
        (.supabaseVerifyOnGet, .init(conflicting: [.init("true"), .init("true", with: on)])),
        (
            .supabaseJWTSecret,
            .init(
                junk: [.init("CHANGEME"), .init("super-secret-jwt-token-with-at-least-32-characters-long")],
                outOfRange: [.init("6f1d2b9e4c7a8053")],
                conflicting: [.init(drawn), .init(drawn, with: on), .init(drawn, with: [.secretKey: drawn])])
        ),
        (.supabaseJWTSecretFile, file(of: .supabaseJWTSecret, drawn)),
    ]

    private static let publicURL = "https://id.example.com"
    private static var on: KeyValuePairs<SettingKey, String> { [.supabaseAPI: "true", .publicURL: publicURL] }
}
