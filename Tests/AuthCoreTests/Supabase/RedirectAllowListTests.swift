// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Redirect allow list")
struct RedirectAllowListTests {
    private static let home = "https://app.example.test/home"

    private static func list(_ globs: String..., site: String = home) throws -> RedirectAllowList {
        try RedirectAllowList(site: site, globs: globs)
    }

    @Test(
        "the pages of the site are admitted, as they are written",
        arguments: [
            "https://app.example.test", "https://app.example.test/", "https://app.example.test/a/b?c=d&e=%C3%A9#f",
            "https://APP.Example.test/x", "https://app.example.test:443/x", "https://app.example.test?next=/x",
            "https://app.example.test//x", "https://app.example.test/@eve", "https://app.example.test/..x/.y",
            "https://app.example.test/?codes=1&xerror=2&a=code", "https://app.example.test/#/route",
        ])
    func ofTheSite(_ text: String) throws {
        #expect(try Self.list().admits(text)?.text == text)
    }

    @Test("hostile and malformed targets are refused, also under wide patterns", arguments: hostile)
    func refused(_ text: String) throws {
        #expect(try Self.list().admits(text) == nil)
        // Nor do patterns admit it that are as wide as they may be.
        let wide = try Self.list(
            "https://*.example.test/**", "https://**.example.test:*/**", "https://app.example.test/**",
            "com.example.app:/callback/**")
        #expect(wide.admits(text) == nil)
    }

    private static let long = "https://app.example.test/" + String(repeating: "a", count: 2_048)
    private static let manyMarks = "https://app.example.test/" + String(repeating: "\u{301}", count: 500)

    static let hostile: [String] = [
        "", "/", "//evil.test", "///evil.test", "/\\evil.test", "home", "https:", "https://", "https:evil.test",
        "https:/app.example.test", "https:///app.example.test", "evil.test", "//app.example.test/", "://", ":",
        // Suffixes, prefixes and user names.
        "https://app.example.test.evil.test/", "https://evil.test/app.example.test",
        "https://evil.test?app.example.test",
        "https://evil.test#app.example.test/", "https://evil.test/.example.test/", "https://evil.test?.example.test/",
        "https://app.example.test@evil.test/", "https://app.example.test:pw@evil.test/",
        "https://evil.test:1.example.test/",
        "https://eve@app.example.test/", "https://@app.example.test/", "https://app.example.test%40evil.test/",
        "https://example.test/", "https://evilexample.test/", "https://.example.test/", "https://a..example.test/",
        // Other spellings of hosts.
        "https://app.example.test./", "https://app.example.test:/", "https://app%2eexample.test/",
        "https://app.example.test:08443/", "https://app.example\u{3002}test/", "https://\u{FF41}pp.example.test/",
        "https://app.example.t\u{212A}st/", "HTTPS://app.example.test/", "https://app.example.test:65536/",
        // Other schemes and machines.
        "http://app.example.test/", "ws://app.example.test/", "http://localhost:3000/", "https://localhost/",
        "http://127.0.0.1:3000/", "http://2130706433/", "http://0x7f000001/", "http://127.1/", "http://0177.0.0.1/",
        "http://[::1]:3000/", "https://[::ffff:127.0.0.1]/", "http://localhost:3000@evil.test/",
        "https://1.example.test.1/",
        // Backslashes, control characters and white space.
        "https://app.example.test\\@evil.test/", "https:\\\\app.example.test/", "https://evil.test\\app.example.test/",
        "https://app.example.test/\\evil.test", " https://app.example.test/", "https://app.example.test/ ",
        "\thttps://app.example.test/", "ht\ntps://app.example.test/", "https://app.exa\tmple.test/",
        "https://app.example.test/\r\nSet-Cookie:a=b", "https://app.example.test/\0", "https://app.example.test/\u{7F}",
        "https://app.example.test/\u{E9}", "https://app.example.test/\u{202E}", manyMarks,
        // Characters and escapes that are none.
        "https://app.example.test/<script>", "https://app.example.test/\"", "https://app.example.test/{a}",
        "https://app.example.test/^", "https://app.example.test/|", "https://app.example.test/`",
        "https://app.example.test/%", "https://app.example.test/%2", "https://app.example.test/%zz",
        // Segments that lead upwards.
        "https://app.example.test/a/../b", "https://app.example.test/..", "https://app.example.test/%2e%2E/b",
        "https://app.example.test/.%2e/", "https://app.example.test/./b",
        // Parameters in which clients read answers.
        "https://app.example.test/?code=x", "https://app.example.test/?a=b&error=x", "https://app.example.test?code",
        "https://app.example.test/?c%6Fde=x", "https://app.example.test/#access_token=x",
        "https://app.example.test/?access_token=x", "https://app.example.test/#a=b&error=x",
        "https://app.example.test/#/?code=x", "https://app.example.test/#%61ccess_token",
        // Schemes that run, and others.
        "javascript:alert(1)", "JavaScript:alert(1)", "javascript://app.example.test/%0aalert(1)",
        "data:text/html,x", "vbscript:x", "blob:https://app.example.test/x", "view-source:https://app.example.test/",
        "file:///etc/passwd", "about:blank", "mailto:eve@evil.test", "myapp://app.example.test/",
        // Addresses of apps count to the octet.
        "com.example.app:/callback", "com.example.app://callback/x", "COM.example.app:/callback/x",
        "com.example.app:callback/x", "com.example.apps:/callback/x", "com.example.app:/Callback/x",
        "com.example.app://eve@callback/x", long,
    ]

    struct Match: Sendable, CustomTestStringConvertible {
        let glob: String
        let admitted: [String]
        let refused: [String]
        var testDescription: String { glob }
    }

    static let matches: [Match] = [
        Match(
            glob: "https://other.example.test/cb",
            admitted: [
                "https://other.example.test/cb", "https://OTHER.example.test/cb", "https://other.example.test/cb#f",
            ],
            refused: [
                "https://other.example.test/", "https://other.example.test/cb/", "https://other.example.test/CB",
                "https://other.example.test/cb?a", "https://other.example.test:443/cb", "http://other.example.test/cb",
            ]),
        Match(
            glob: "https://other.example.test",
            admitted: ["https://other.example.test", "https://other.example.test#f"],
            refused: ["https://other.example.test/", "https://other.example.test?a=b"]),
        Match(
            glob: "https://other.example.test/*",
            admitted: ["https://other.example.test/", "https://other.example.test/a?b=c"],
            refused: [
                "https://other.example.test", "https://other.example.test/a/", "https://other.example.test/a.b",
                "https://other.example.test/a/b",
            ]),
        Match(
            glob: "https://other.example.test/**",
            admitted: [
                "https://other.example.test/", "https://other.example.test/a/b.c?d=/e", "https://other.example.test//",
            ],
            refused: [
                "https://other.example.test", "https://other.example.test.evil.test/", "https://evil.test/",
                "https://other.example.test/a/../b", "https://other.example.test:8443/",
            ]),
        Match(
            glob: "https://*-team.example.test/**",
            admitted: ["https://a-b-team.example.test/x", "https://-team.example.test/x"],
            refused: [
                "https://team.example.test/x", "https://a.b-team.example.test/x",
                "https://evil.test/-team.example.test/x",
                "https://evil.test:80-team.example.test/x",
            ]),
        Match(
            glob: "https://**.example.test/cb",
            admitted: ["https://a.example.test/cb", "https://a.b.example.test/cb"],
            refused: [
                "https://example.test/cb", "https://evil.test/a.example.test/cb", "https://evil.test/.example.test/cb",
                "https://evil.test?.example.test/cb", "https://a.example.test/x/cb",
            ]),
        Match(
            glob: "http://localhost:*/**",
            admitted: ["http://localhost:3000/", "http://localhost:1/a/b"],
            refused: [
                "http://localhost/", "http://127.0.0.1:3000/", "https://localhost:3000/", "http://localhost:3000",
                "http://localhost:3000@evil.test/",
            ]),
        Match(
            glob: "http://[::1]:3000/cb", admitted: ["http://[::1]:3000/cb"],
            refused: ["http://[::2]:3000/cb", "http://localhost:3000/cb"]),
        Match(
            glob: "https://other.example.test/a?c",
            admitted: [
                "https://other.example.test/abc", "https://other.example.test/a?c",
            ],
            refused: [
                "https://other.example.test/ac", "https://other.example.test/abbc", "https://other.example.test/a/c",
                "https://other.example.test/a.c",
            ]),
        Match(
            glob: "https://other.example.test/**/x*y/**/z",
            admitted: [
                "https://other.example.test/a/x1y/b/z", "https://other.example.test/x/xx/xyy/z/z",
                "https://other.example.test//xy//z", "https://other.example.test/xay/a/x/xy/z/y/z",
            ],
            refused: [
                "https://other.example.test/a/x.y/b/z", "https://other.example.test/a/x/y/b/z",
                "https://other.example.test/a/xy/z/b", "https://other.example.test/a/xyz",
            ]),
        Match(
            glob: "com.example.app://*/**", admitted: ["com.example.app://login-callback/", "com.example.app://a/b?c"],
            refused: ["com.example.app:/login-callback/", "com.example.app://a", "com.example.app://a.b/", "com.x:/a"]),
        Match(
            glob: "com.example.app:/callback", admitted: ["com.example.app:/callback", "com.example.app:/callback#a"],
            refused: ["com.example.app://callback", "com.example.app:/callback?a", "com.example.app:/callback/"]),
    ]

    @Test("a pattern admits what it says", arguments: matches)
    func patterns(_ match: Match) throws {
        let list = try Self.list(match.glob)
        for text in match.admitted { #expect(list.admits(text)?.text == text, "\(text) is refused") }
        for text in match.refused { #expect(list.admits(text) == nil, "\(text) is admitted") }
        // The one of several that fits is enough.
        let several = try Self.list("https://third.example.test/**", match.glob, "com.example.other:/a")
        for text in match.admitted { #expect(several.admits(text)?.text == text) }
    }

    private static let tooLong = "https://a.test/" + String(repeating: "a", count: 242)

    static let malformedPatterns: [String] = [
        "", "*", "**", "other.example.test", "https://", "https:///a", "https:other.example.test", "*://a.test/",
        "http*://a.test/**", "h**s://a.test/", "https://*", "https://*/**", "https://**/**", "https://*.*/**",
        "https://*:3000/**", "https://a.test*/**", "https://a.test**", "https://a.*/**", "https://a.**/",
        "https://192.168.1.*/", "https://a.test:3*/", "https://a.test:**/", "https://a.test:0/", "https://a?.test/",
        "https://a.test?x=1", "https://eve@a.test/**", "https://*@a.test/**", "https://a.test/#x",
        "https://a.test/***",
        "https://a.test/*/*/*/*/*", "https://a.test/[ab]", "https://a.test/{a,b}", "https://a.test/\\*",
        "https://a.test/ ", "https://a.test/\u{E9}", "https://a.test/%", "https://a..test/*", "https://*..test/",
        "https://[::*]/", "https://2130706433/**", "https://127.1/**", "javascript:/*", "javascript:**", "data:**",
        "myapp://**", "Com.example.app:/a", "com.example.app:", "com.example.app:a", "com.*.app:/a", ".a:/b",
        "com.example.app://a@b/", tooLong,
    ]

    @Test("malformed patterns, and those that would admit any host, are refused", arguments: malformedPatterns)
    func malformed(_ glob: String) {
        #expect(throws: ValidationError(.redirectList, .malformed)) {
            try RedirectAllowList(site: Self.home, globs: ["https://a.test/**", glob])
        }
    }

    @Test("a list has at most 64 patterns of 256 octets and four stars each")
    func bounds() throws {
        let longest = "https://a.test/" + String(repeating: "a", count: 241)
        #expect(longest.utf8.count == 256)
        _ = try RedirectAllowList(site: Self.home, globs: [longest, "https://*.a.test/*/**/*"])
        let most = [String](repeating: "https://a.test/**", count: 64)
        _ = try RedirectAllowList(site: Self.home, globs: most)
        #expect(throws: ValidationError(.redirectList, .tooLong(maximum: 64))) {
            try RedirectAllowList(site: Self.home, globs: most + ["https://b.test/"])
        }
    }

    @Test(
        "the site is an address of https, or of this machine",
        arguments: [
            "app.example.test", "http://app.example.test", "https://eve@app.example.test", "https://", "/",
            "javascript:alert(1)", "com.example.app:/a", "https://*.example.test", "https://2130706433",
            "https://app.example.test:0", "https://app.example.test\\x", "https://app.example.test/\n",
        ])
    func sites(_ site: String) {
        #expect(throws: ValidationError(.redirectList, .malformed)) { try RedirectAllowList(site: site, globs: []) }
    }

    @Test("a site is required, and is where a browser goes whose target is refused")
    func site() throws {
        #expect(throws: ValidationError(.redirectList, .missing)) { try RedirectAllowList(site: "", globs: []) }
        #expect(try Self.list().site.text == Self.home)
        for site in ["http://localhost:3000", "http://127.0.0.1:8000/x", "https://app.example.test:8443/"] {
            #expect(try Self.list(site: site).admits(site)?.text == site)
        }
    }

    @Test("a site on this machine has every name, address and port of it, and no other machine's")
    func loopback() throws {
        let list = try Self.list(site: "http://localhost:3000")
        for text in ["http://127.0.0.1:5173/", "http://[::1]/x", "http://localhost", "https://localhost:8443/"] {
            #expect(list.admits(text)?.text == text)
        }
        for text in [
            "http://localhost.evil.test/", "http://10.0.0.1:3000/", "http://2130706433:3000/", "http://app.test/",
        ] {
            #expect(list.admits(text) == nil)
        }
        let secure = try Self.list(site: "https://localhost:3000")
        #expect(secure.admits("http://localhost:3000/") == nil && secure.admits("https://127.0.0.1/") != nil)
    }

    @Test("a text in which each star can end at many places is compared with them all")
    func manyPlaces() throws {
        let glob =
            "https://a.test/**" + String(repeating: "a", count: 70) + "*" + String(repeating: "a", count: 70) + "**b"
        let list = try RedirectAllowList(site: Self.home, globs: [String](repeating: glob, count: 2))
        #expect(list.admits("https://a.test/" + String(repeating: "a", count: 2_000)) == nil)
        #expect(list.admits("https://a.test/" + String(repeating: "a", count: 2_000) + "b") != nil)
    }

    @Test("parameters are put into the fragment in place of the one that is there, and into the query before it")
    func adding() throws {
        let target = try #require(try Self.list().admits("https://app.example.test/x?a=b#top"))
        #expect(
            target.adding(fragment: [("access_token", "a.b-c"), ("type", "sign up&")])
                == "https://app.example.test/x?a=b#access_token=a.b-c&type=sign%20up%26")
        #expect(target.adding(fragment: []) == "https://app.example.test/x?a=b")
        #expect(
            target.adding(query: [("error", "x y")], fragment: [("error", "x y"), ("error_code", "z")])
                == "https://app.example.test/x?a=b&error=x%20y#error=x%20y&error_code=z")
        let app = try #require(try Self.list("com.example.app:/cb").admits("com.example.app:/cb"))
        #expect(app.adding(fragment: [("a", "\u{E9}#?\r\n")]) == "com.example.app:/cb#a=%C3%A9%23%3F%0D%0A")
    }
}
