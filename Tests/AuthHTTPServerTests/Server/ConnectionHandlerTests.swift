// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import AuthHTTPServer

@Suite("Connections") struct ConnectionHandlerTests {
    @Test("a reply from memory and one from a task have status line, date, fields, length and body")
    func replies() throws {
        let wire = try Wire(EchoHandler())

        let now = try wire.send("GET /now HTTP/1.1\r\nHost: a\r\n\r\n")
        let deferred = try wire.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")

        #expect(now.hasPrefix("HTTP/1.1 200 OK\r\ndate: "))
        #expect(now.hasSuffix(" GMT\r\ncontent-type: text/plain\r\ncontent-length: 3\r\n\r\nnow"))
        #expect(deferred.hasSuffix("content-length: 13\r\n\r\nPOST /x hello"))
        #expect(wire.isOpen)
    }

    @Test("HEAD has the length and no body")
    func head() throws {
        let wire = try Wire(EchoHandler())

        #expect(try wire.send("HEAD /now HTTP/1.1\r\nHost: a\r\n\r\n").hasSuffix("content-length: 3\r\n\r\n"))
    }

    @Test("each request is admitted once, and its reply is made under that admission")
    func admissions() throws {
        let handler = CountingHandler()
        let wire = try Wire(handler)

        var answers = try wire.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
        answers += try wire.send("GET /now HTTP/1.1\r\nHost: a\r\n\r\n")
        answers += try wire.send("GET /news HTTP/1.1\r\nHost: a\r\n\r\n")
        answers += try wire.send("POST /blind HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")

        #expect(bodies(of: answers) == ["1 hello", "2", "3 ", "4 "])
        #expect(handler.count == 4)
    }

    @Test("pipelined requests are answered in order, and those from memory in one write")
    func pipelining() throws {
        let wire = try Wire(EchoHandler())
        let now = "GET /now HTTP/1.1\r\nHost: a\r\n\r\n"
        let slow = "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"

        try wire.channel.writeInbound(ByteBuffer(string: now + now))
        let first = try wire.channel.readOutbound(as: ByteBuffer.self).map { String(buffer: $0) }
        let mixed = try wire.send(slow + now + slow)

        #expect(first?.components(separatedBy: "HTTP/1.1 200").count == 3)
        #expect(bodies(of: mixed) == ["GET /slow ", "now", "GET /slow "])
        #expect(wire.isOpen)
    }

    @Test("a request in fragments is one request")
    func pieces() throws {
        let wire = try Wire(EchoHandler())
        var answer = ""
        for character
            in "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        {
            answer += try wire.send(String(character))
        }

        #expect(answer.hasSuffix("POST /x abcde"))
    }

    @Test(
        "a route that ignores bodies answers at once, however long the body is said to be, and the connection ends",
        arguments: ["Content-Length: 5", "Content-Length: 9000000000", "Transfer-Encoding: chunked"])
    func ignoredBody(field: String) throws {
        for expectation in ["", "Expect: 100-continue\r\n"] {
            let wire = try Wire(EchoHandler())
            let answer = try wire.send("POST /blind HTTP/1.1\r\nHost: a\r\n\(expectation)\(field)\r\n\r\n")

            #expect(answer.hasPrefix("HTTP/1.1 200") && answer.hasSuffix("POST /blind "))
            #expect(answer.contains("\r\nconnection: close\r\n"))
            // What would be the body is no second request.
            #expect(try wire.send("GET /now HTTP/1.1\r\nHost: a\r\n\r\n") == "")
        }
        let wire = try Wire(EchoHandler())
        #expect(try wire.send("POST /blind HTTP/1.1\r\nHost: a\r\n\r\n").hasSuffix("POST /blind "))
        #expect(wire.isOpen)
    }

    struct Refused: CustomTestStringConvertible {
        let testDescription: String
        let text: String
        let status: String
    }

    @Test(
        "an ambiguous or oversized request is rejected and the connection closed",
        arguments: [
            Refused(testDescription: "not HTTP", text: "\u{16}\u{3}\u{1}hello\r\n\r\n", status: "400"),
            Refused(testDescription: "no Host", text: "GET / HTTP/1.1\r\n\r\n", status: "400"),
            Refused(testDescription: "two Hosts", text: "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", status: "400"),
            Refused(
                testDescription: "both lengths",
                text: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                status: "400"),
            Refused(
                testDescription: "two lengths",
                text: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", status: "400"),
            Refused(
                testDescription: "a signed length", text: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc",
                status: "400"),
            Refused(
                testDescription: "another coding",
                text: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", status: "501"),
            Refused(
                testDescription: "chunked in HTTP/1.0",
                text: "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", status: "400"),
            Refused(
                testDescription: "a space before the colon", text: "GET / HTTP/1.1\r\nHost : a\r\n\r\n", status: "400"),
            Refused(
                testDescription: "a folded field", text: "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n",
                status: "400"),
            Refused(testDescription: "HTTP/2.0", text: "GET / HTTP/2.0\r\nHost: a\r\n\r\n", status: "505"),
            Refused(
                testDescription: "another expectation",
                text: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: miracle\r\n\r\nabc", status: "417"),
            Refused(
                testDescription: "a declared body over the limit",
                text: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n\r\n", status: "413"),
            Refused(
                testDescription: "a chunked body over the limit",
                text: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n10001\r\n"
                    + String(repeating: "x", count: 65_537) + "\r\n0\r\n\r\n", status: "413"),
            Refused(
                testDescription: "too large a field",
                text: "GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: 33_000))\r\n\r\n", status: "431"),
            Refused(
                testDescription: "too long a target",
                text: "GET /\(String(repeating: "x", count: 33_000)) HTTP/1.1\r\nHost: a\r\n\r\n", status: "431"),
            Refused(
                testDescription: "too many fields",
                text: "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "X: 1\r\n", count: 101) + "\r\n",
                status: "431"),
        ])
    func refusals(_ example: Refused) throws {
        let wire = try Wire(EchoHandler())

        let answer = try wire.send(example.text)

        #expect(answer.hasPrefix("HTTP/1.1 \(example.status) "))
        #expect(answer.contains("\r\nconnection: close\r\n"))
        #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2)
        #expect(try wire.send("GET /now HTTP/1.1\r\nHost: a\r\n\r\n") == "")
    }

    @Test("an unread body does not become the next request")
    func unreadBody() throws {
        let wire = try Wire(EchoHandler())
        let smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"

        let answer = try wire.send(
            "POST /now HTTP/1.1\r\nHost: a\r\nContent-Length: \(smuggled.utf8.count)\r\n\r\n" + smuggled)

        #expect(bodies(of: answer) == ["now"])
        #expect(bodies(of: try wire.send("GET /now HTTP/1.1\r\nHost: a\r\n\r\n")) == ["now"])
    }

    @Test("100-continue is sent when the body is wanted, and a refusal closes instead")
    func expectations() throws {
        let wanted = try Wire(EchoHandler())
        let head = "HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"

        #expect(try wanted.send("POST /x " + head) == "HTTP/1.1 100 Continue\r\n\r\n")
        #expect(try wanted.send("abc").hasSuffix("POST /x abc"))
        let refused = try Wire(EchoHandler())
        #expect(try refused.send("POST /now " + head).contains("connection: close"))
        #expect(try refused.send("GET /now HTTP/1.1\r\nHost: a\r\n\r\n") == "")
    }

    struct Persistence: CustomTestStringConvertible {
        let request: String
        let staysOpen: Bool
        var field: String?
        var testDescription: String { request.debugDescription }
    }

    @Test(
        "the connection stays open if the client asks for it",
        arguments: [
            Persistence(request: "GET /now HTTP/1.1\r\nHost: a\r\n\r\n", staysOpen: true),
            Persistence(
                request: "GET /now HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n", staysOpen: false,
                field: "close"),
            Persistence(request: "GET /now HTTP/1.0\r\n\r\n", staysOpen: false, field: "close"),
            Persistence(
                request: "GET /now HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", staysOpen: true, field: "keep-alive"),
            Persistence(
                request: "GET /now HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
                staysOpen: false,
                field: "close"),
            Persistence(request: "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", staysOpen: false, field: "close"),
            Persistence(
                request: "GET /later HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", staysOpen: false, field: "close"
            ),
        ])
    func persistence(_ example: Persistence) throws {
        let wire = try Wire(EchoHandler())

        let answer = try wire.send(example.request)

        #expect(wire.isOpen == example.staysOpen)
        #expect(answer.contains("\r\nconnection: ") == (example.field != nil))
        if let field = example.field { #expect(answer.contains("\r\nconnection: \(field)\r\n")) }
    }

    @Test("an idle connection is closed without an answer, an unfinished head or body with 408")
    func timeouts() throws {
        let idle = try Wire(EchoHandler())
        _ = try idle.send("GET /now HTTP/1.1\r\nHost: a\r\n\r\n")
        idle.pass(.seconds(74))
        #expect(idle.isOpen)
        idle.pass(.seconds(76))
        #expect(!idle.isOpen)
        #expect(try idle.received() == "")

        let head = try Wire(EchoHandler())
        _ = try head.send("GET /now HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = try head.send("GET /n")
        head.pass(.seconds(11))
        #expect(try head.received().hasPrefix("HTTP/1.1 408 "))

        let body = try Wire(EchoHandler())
        _ = try body.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc")
        body.pass(.seconds(29))
        #expect(try body.received() == "")
        body.pass(.seconds(31))
        #expect(try body.received().hasPrefix("HTTP/1.1 408 "))

        let silent = try Wire(EchoHandler())
        silent.pass(.seconds(11))
        #expect(!silent.isOpen)
    }

    @Test("a slow head does not move its deadline")
    func trickle() throws {
        let wire = try Wire(EchoHandler())
        _ = try wire.send("GET /now HTTP/1.1\r\n")
        for _ in 0..<20 { _ = try wire.send("X: 1\r\n") }

        wire.pass(.seconds(11))

        #expect(try wire.received().hasPrefix("HTTP/1.1 408 "))
    }

    @Test("draining closes idle connections and lets an unfinished request finish")
    func drain() throws {
        let idle = try Wire(EchoHandler())
        _ = try idle.send("GET /now HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = idle.set.drain()
        #expect(!idle.isOpen)

        let busy = try Wire(EchoHandler())
        _ = try busy.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na")
        _ = busy.set.drain()
        #expect(busy.isOpen)
        #expect(try busy.send("bc").contains("\r\nconnection: close\r\n"))
        #expect(!busy.isOpen)
    }

    @Test("draining closes a connection that has sent half a head, and does not wait for the rest")
    func drainHalfHead() throws {
        let wire = try Wire(EchoHandler())
        _ = try wire.send("GET /now HTTP/1.1\r\nHost: a\r\n\r\nGET /no")
        _ = try wire.send("w HTT")

        _ = wire.set.drain()
        wire.pass(.seconds(3))
        #expect(!wire.isOpen)

        let first = try Wire(EchoHandler())
        _ = try first.send("GET /no")
        _ = first.set.drain()
        #expect(!first.isOpen)
    }

    private func bodies(of answers: String) -> [String] {
        answers.components(separatedBy: "HTTP/1.1 200 OK\r\n").dropFirst().map { answer in
            answer.components(separatedBy: "\r\n\r\n").dropFirst().joined(separator: "\r\n\r\n")
        }
    }
}

/// Numbers the requests that it admits, and answers each with its number.
private final class CountingHandler: RequestHandler {
    private let admitted = Atomic(0)
    var count: Int { admitted.load(ordering: .relaxed) }

    func admit(_ head: Request) -> RequestDecision {
        let number = admitted.add(1, ordering: .relaxed).newValue
        guard head.target != "/now" else {
            return .answered(Reply(.ok, EchoHandler.block, body: Array("\(number)".utf8)))
        }
        return .deferred(
            AdmittedRequest(head) { body in Reply(.ok, EchoHandler.block, body: Array("\(number) ".utf8) + body) })
    }

    func refuse(_ failure: TransportFailure) -> Reply { EchoHandler().refuse(failure) }
}

extension String {
    fileprivate func components(separatedBy separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
}
