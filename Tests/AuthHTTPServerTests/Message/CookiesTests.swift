// SPDX-License-Identifier: Apache-2.0

import NIOHTTP1
import Testing

@testable import AuthHTTPServer

@Suite("Cookies")
struct CookiesTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let fields: [String]
        let value: String?

        init(_ testDescription: String, _ fields: [String], _ value: String?) {
            self.testDescription = testDescription
            self.fields = fields
            self.value = value
        }
    }

    @Test(
        "a cookie is found by its whole name",
        arguments: [
            Case("no field", [], nil),
            Case("alone", ["sid=abc"], "abc"),
            Case("among others", ["a=1; sid=abc; b=2"], "abc"),
            Case("without spaces and with many", ["a=1;  sid = abc ;b=2"], "abc"),
            Case("in a second field", ["a=1", "sid=abc"], "abc"),
            Case("an equals sign in the value", ["sid=a=b="], "a=b="),
            Case("empty", ["sid="], ""),
            Case("another letter case is another name", ["SID=abc"], nil),
            Case("a name that ends like it", ["xsid=abc; __Host-sid=d"], nil),
            Case("no equals sign", ["sid"], nil),
            Case("twice the same", ["sid=abc; sid=abc"], "abc"),
            Case("twice, not the same", ["sid=abc; sid=abd"], nil),
            Case("twice, in two fields", ["sid=abc", "sid=abd"], nil),
        ])
    func reading(_ sample: Case) {
        var headers = HTTPHeaders()
        for field in sample.fields { headers.add(name: "Cookie", value: field) }
        let request = Request(method: .get, target: "/", headers: headers, peer: nil)

        #expect(Cookies(request).value("sid") == sample.value)
    }

    @Test("a cookie is for its host and never for scripts")
    func rendering() {
        let secure = SetCookie(
            name: "__Host-sid", value: "abc", maxAge: .seconds(60), sameSite: .lax, secure: true)
        let plain = SetCookie(name: "sid", value: "", maxAge: .seconds(-1), sameSite: .strict, secure: false)

        #expect(secure.field.name == "set-cookie")
        #expect(secure.field.value == "__Host-sid=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure")
        #expect(plain.field.value == "sid=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict")
    }

    @Test("the names with a beginning come in the order of the browser, each once")
    func namesWithBeginning() {
        var headers = HTTPHeaders()
        headers.add(name: "cookie", value: "flow_b=1; other=2; flow_a=3")
        headers.add(name: "cookie", value: " flow_b=4;flow_c; Flow_d=5;flow_=6")
        let request = Request(method: .get, target: "/", headers: headers, peer: nil)
        #expect(Cookies(request).names(beginningWith: "flow_") == ["flow_b", "flow_a", "flow_"])
    }
}
