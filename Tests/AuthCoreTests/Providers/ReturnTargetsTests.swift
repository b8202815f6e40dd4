// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Return targets")
struct ReturnTargetsTests {
    private static let list = [
        "https://app.example.test", "https://app.example.test:8443", "http://localhost:3000",
        "com.example.app:/callback",
    ]

    private func targets() throws -> ReturnTargets { try ReturnTargets(Self.list) }

    @Test(
        "admit the pages of an origin and the address of an app",
        arguments: [
            "https://app.example.test", "https://app.example.test/", "https://app.example.test/home?a=b&c=%C3%A9#d",
            "https://app.example.test?next=/x", "https://app.example.test#top", "https://app.example.test/a//b",
            "https://app.example.test/@eve", "https://app.example.test/%2e%2e/x", "https://app.example.test:8443/x",
            "http://localhost:3000/", "com.example.app:/callback",
        ])
    func admitted(_ text: String) throws {
        #expect(try targets().admits(text)?.text == text)
    }

    private static let long = "https://app.example.test/" + String(repeating: "a", count: 2_048)
    private static let manyMarks = "https://app.example.test/" + String(repeating: "\u{301}", count: 500)

    static let refused: [String] = [
        "", "/", "//evil.test", "///evil.test", "/\\evil.test", "home", "https:", "https://", "https:evil.test",
        "https:/app.example.test", "https:///app.example.test", "evil.test", "//app.example.test/",
        // Suffixes, prefixes and user names.
        "https://app.example.test.evil.test/", "https://evilapp.example.test/", "https://evil.test/app.example.test",
        "https://app.example.test@evil.test/", "https://app.example.test:pw@evil.test/",
        "https://eve@app.example.test/",
        "https://@app.example.test/", "https://app.example.test%40evil.test/", "https://app.example.test-evil.test/",
        "https://app.example.test_/", "https://x.app.example.test/", "https://example.test/",
        // Other spellings of the same.
        "https://APP.example.test/", "HTTPS://app.example.test/", "https://app.example.test./",
        "https://app.example.test:443/", "https://app.example.test:/", "https://app%2eexample.test/",
        "https://app.example.test:08443/", "https://app.example\u{3002}test/", "https://\u{FF41}pp.example.test/",
        // Other origins.
        "http://app.example.test/", "https://app.example.test:444/", "https://app.example.test:84433/",
        "https://localhost:3000/", "http://localhost:3001/", "http://localhost/", "http://127.0.0.1:3000/",
        "http://2130706433:3000/", "http://0x7f000001:3000/", "http://127.1:3000/", "http://0177.0.0.1:3000/",
        "http://[::1]:3000/", "http://localhost:3000@evil.test/", "ws://app.example.test/", "ftp://app.example.test/",
        // Backslashes, which browsers take for slashes.
        "https://app.example.test\\@evil.test/", "https:\\\\app.example.test/", "https://evil.test\\app.example.test/",
        "https://app.example.test/\\evil.test", "https://app.example.test//evil.test", "https://app.example.test//",
        // Control characters and white space, some of which browsers drop.
        " https://app.example.test/", "https://app.example.test/ ", "https://app.example.test/\n",
        "\thttps://app.example.test/", "ht\ntps://app.example.test/", "https://app.exa\tmple.test/",
        "https://app.example.test/\r\nSet-Cookie:a=b", "https://app.example.test/\0", "https://app.example.test/\u{7F}",
        "https://app.example.test/\u{E9}", "https://app.example.test/\u{202E}", manyMarks,
        // Characters and escapes that are none.
        "https://app.example.test/<script>", "https://app.example.test/\"", "https://app.example.test/{a}",
        "https://app.example.test/^", "https://app.example.test/|", "https://app.example.test/`",
        "https://app.example.test/%", "https://app.example.test/%2", "https://app.example.test/%zz",
        // Parameters that are authd's.
        "https://app.example.test/?code=x", "https://app.example.test/?a=b&error=x", "https://app.example.test?code",
        "https://app.example.test/?c%6Fde=x", "https://app.example.test/?%65%72%72%6f%72=x#a",
        // Schemes that run.
        "javascript:alert(1)", "JavaScript:alert(1)", "javascript://app.example.test/%0aalert(1)",
        "data:text/html,x", "vbscript:x", "blob:https://app.example.test/x", "view-source:https://app.example.test/",
        "file:///etc/passwd", "about:blank", "mailto:eve@evil.test",
        // Addresses of apps count to the octet.
        "com.example.app:/callback/", "com.example.app:/callback?a=b", "com.example.app:/callback#a",
        "com.example.app:/", "com.example.app:/Callback", "COM.example.app:/callback", "com.example.app://callback",
        "com.example.app:callback", "com.example.apps:/callback", "com.example.app:/callbac%6b", long,
    ]

    @Test("admit nothing else", arguments: refused)
    func refusal(_ text: String) throws {
        #expect(try targets().admits(text) == nil)
    }

    @Test("names of parameters that only look like authd's are let through")
    func similarParameters() throws {
        for query in ["codes=x", "xcode=x", "a=code", "a=error=b", "CODE=x", "c+ode=x", ""] {
            let text = "https://app.example.test/?\(query)"
            #expect(try targets().admits(text)?.text == text)
        }
        let text = "https://app.example.test/#/?code=x"
        #expect(try targets().admits(text)?.text == text)
    }

    static let entries: [String] = [
        "app.example.test", "https://", "https://app.example.test/", "https://app.example.test/home",
        "https://app.example.test?a", "https://*.example.test", "https://user@app.example.test", "*", "https://*",
        "https://App.example.test", "http://app.example.test", "http://10.0.0.1:3000", "http://localhost.evil.test",
        "https://2130706433", "https://0x7f.1", "https://127.1", "https://app.example.test.",
        "https://b\u{FC}cher.example",
        "https://app.example.test:0", "https://app.example.test:65536", "https://app example.test", "", " ",
        "myapp:/callback", "myapp://callback", "javascript:/x", "com.example.app:callback", "com.example.app:",
        "com.example.app", "com.example.app:/a?b", "com.example.app:/a#b", "com.example.app:/a\\b",
        "Com.example.app:/a",
        ".com:/a", "1.com:/a", "com.example.app:/\n", "com.ex\u{E4}mple:/a", "://a", ":/a",
    ]

    @Test("are origins and addresses of apps, and nothing else", arguments: entries)
    func malformed(_ entry: String) {
        #expect(throws: ValidationError(.returnTarget, .malformed)) { try ReturnTargets([entry]) }
        #expect(throws: ValidationError(.returnTarget, .malformed)) {
            try ReturnTargets(["https://app.example.test", entry])
        }
    }

    @Test("are one at least, and the first is where a client goes that names none")
    func first() throws {
        #expect(throws: ValidationError(.returnTarget, .missing)) { try ReturnTargets([]) }
        #expect(try targets().first.text == "https://app.example.test/")
        let app = try ReturnTargets(["com.example.app:/callback", "https://app.example.test"])
        #expect(app.first.text == "com.example.app:/callback")
        for entry in Self.list {
            let targets = try ReturnTargets([entry])
            #expect(targets.admits(targets.first.text) == targets.first)
        }
    }

    @Test("write the usual port as browsers do, by leaving it out")
    func ports() throws {
        let targets = try ReturnTargets(["https://app.example.test:443", "http://127.0.0.1:80"])
        #expect(targets.admits("https://app.example.test/") != nil && targets.admits("http://127.0.0.1/") != nil)
        #expect(targets.admits("https://app.example.test:443/") == nil)
        #expect(try ReturnTargets(["https://[2001:db8::7]:8443"]).admits("https://[2001:db8::7]:8443/x") != nil)
    }

    @Test(
        "get parameters behind those that they have, and before the fragment",
        arguments: [
            ("https://app.example.test", "https://app.example.test?code=a%20b"),
            ("https://app.example.test/", "https://app.example.test/?code=a%20b"),
            ("https://app.example.test/?", "https://app.example.test/?code=a%20b"),
            ("https://app.example.test/?a=b", "https://app.example.test/?a=b&code=a%20b"),
            ("https://app.example.test/?a=b&", "https://app.example.test/?a=b&code=a%20b"),
            ("https://app.example.test/#/x?y", "https://app.example.test/?code=a%20b#/x?y"),
            ("https://app.example.test/?a#b", "https://app.example.test/?a&code=a%20b#b"),
            ("com.example.app:/callback", "com.example.app:/callback?code=a%20b"),
        ])
    func adding(_ text: String, _ expected: String) throws {
        let target = try #require(try targets().admits(text))
        #expect(target.adding(query: [("code", "a b")]) == expected)
        #expect(target.adding(query: []) == text)
    }

    @Test("escape what they are given")
    func escapes() throws {
        let target = try targets().first
        #expect(
            target.adding(query: [("error", "x&y=#\u{E9}\r\n%+~-._"), ("b", "")])
                == "https://app.example.test/?error=x%26y%3D%23%C3%A9%0D%0A%25%2B~-._&b=")
    }
}
