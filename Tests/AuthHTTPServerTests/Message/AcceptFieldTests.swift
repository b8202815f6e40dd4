// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AuthHTTPServer

@Suite("Accept") struct AcceptFieldTests {
    @Test(
        "a client that wants a page more than JSON gets one",
        arguments: [
            // Firefox, Chromium and Safari.
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
                + "application/signed-exchange;v=b3;q=0.7",
            "text/html", "TEXT/Html", "text/*", "text/html;q=0.001", "application/json;q=0.8, text/html;q=0.9",
            "text/html; charset=utf-8", "text/html ; q=1.000", "application/json;q=0, */*", " , text/html ,,",
            "text/html;a=\"x,y;q=0\"", "text/html;;q=0.5", "text/html;", "text/*;q=0.1, application/*;q=0.09",
        ])
    func pages(_ field: String) {
        #expect(AcceptField.prefersPage([field]))
    }

    @Test(
        "every other client gets JSON",
        arguments: [
            "", "*/*", "application/json", "application/json, text/html", "application/json, text/plain, */*",
            "application/problem+json", "text/html;q=0", "text/html;q=0.0, */*;q=0", "text/plain", "*/*, text/html",
            "text/html;q=0.5, */*;q=0.8", "text/html;q=0.5, application/*", "text/*;q=0.3, text/html;q=0",
            // What is no weight, no range or no parameter ends the reading.
            "text/html;q=2", "text/html;q=0.1234", "text/html;q=.5", "text/html;q=-1", "text/html;q=1.001",
            "text/html;q",
            "text/html;q=", "text", "text/", "/html", "text/html text/html", "text/html;a=\"", "text/html/x", "é/html",
            "\"text/html\"", "text/html;q=1.0.0", "text/html;q=00",
        ])
    func others(_ field: String) {
        #expect(!AcceptField.prefersPage([field]))
    }

    @Test("several fields are one list, and no field asks for JSON")
    func lines() {
        #expect(AcceptField.prefersPage(["application/json;q=0.5", "text/html"]))
        #expect(!AcceptField.prefersPage(["text/html", "application/json"]))
        #expect(!AcceptField.prefersPage([]))
        // A fault ends its own line only.
        #expect(AcceptField.prefersPage(["@", "text/html"]))
    }
}
