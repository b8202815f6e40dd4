// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import FoundationEssentials
import Testing

@testable import AuthHTTP

@Suite("Problems") struct ProblemTests {
    static let all = EndpointTable(describing: HTTPConfiguration()).problems

    @Test("have the members of RFC 9457 and a code", arguments: ProblemTests.all)
    func members(kind: ProblemKind) throws {
        let problem = Problem(
            refusal: Refusal(kind), instance: RequestID(received: "r1"), base: "https://id.example.test")

        let object = try #require(try JSONReader.read(problem.body).objectValue)

        #expect(object["type"]?.stringValue == "https://id.example.test/problems/\(kind.slug)")
        #expect(object["title"]?.stringValue == kind.title)
        #expect(object["status"]?.int64Value == Int64(kind.status.rawValue))
        #expect(object["detail"]?.stringValue == kind.detail)
        #expect(object["code"]?.stringValue == kind.code)
        #expect(object["instance"]?.stringValue == "r1")
        #expect((object["errors"] != nil) == (kind == .validationFailed || kind == .invalidQuery))
    }

    @Test("each code and each slug is used once, and every row that is declared is in the table")
    func rows() throws {
        let codes = Self.all.map(\.code)
        #expect(codes.sorted() == Set(codes).sorted())
        #expect(Set(Self.all.map(\.slug)).count == codes.count)

        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        var declared: [String] = []
        let sources = root.appending(path: "Sources/AuthHTTP").path
        for folder in try FileManager.default.contentsOfDirectory(atPath: sources) where !folder.hasSuffix(".swift") {
            let files = try FileManager.default.contentsOfDirectory(atPath: "\(sources)/\(folder)")
            for file in files where file.hasSuffix(".swift") {
                let text = try String(contentsOfFile: "\(sources)/\(folder)/\(file)", encoding: .utf8)
                declared += text.matches(of: #/= ProblemKind\(\s*code: "(\w+)"/#).map { String($0.output.1) }
            }
        }
        #expect(declared.sorted() == codes.sorted())
    }

    @Test("a caller who meets none of several requirements is told of a permission that would do, and of no role")
    func alternatives() {
        let denials: [AccessDenial] = [
            .wrongRole(required: "admin", held: "user"), .roleLacks("notes:write", role: "user"),
            .tokenLacks("notes", scope: "me"),
        ]

        #expect(Refusal(denied: .noneOf(denials)) == Refusal(missing: "notes:write"))
        #expect(Refusal(denied: .noneOf([denials[0]])) == Refusal(.insufficientScope))
        #expect(Refusal(denied: .noneOf([])) == Refusal(.insufficientScope))
    }

    @Test(
        "a malformed request is rejected with the status of its fault",
        arguments: [
            (.malformed, .badRequest), (.headTooLarge, .headerFieldsTooLarge), (.bodyTooLarge, .contentTooLarge),
            (.timeout, .requestTimeout), (.unsupportedExpectation, .expectationFailed),
            (.unsupportedCoding, .notImplemented), (.unsupportedVersion, .versionNotSupported),
            (.tooManyConnections, .serviceUnavailable),
        ] as [(TransportFailure, Status)])
    func transportFailures(failure: TransportFailure, status: Status) {
        #expect(ProblemKind(failure).status == status)
    }

    @Test("every 401 names a scheme, every 503 and 429 a time")
    func requiredFields() {
        let replies = ReplyFactory(HTTPConfiguration())
        for kind in Self.all {
            let names = replies.problem(Refusal(kind), id: nil).fields.map(\.name)

            #expect(names.contains("www-authenticate") == (kind.status == .unauthorized || kind == .insufficientScope))
            #expect(names.contains("retry-after") == (kind.status == .serviceUnavailable))
        }
        let limited = replies.problem(Refusal(.rateLimited, retryAfter: .milliseconds(1500)), id: nil)
        #expect(limited.fields.contains { $0.name == "retry-after" && $0.value == "2" })
    }

    @Test("a challenge has an error code only when a token was sent")
    func challenges() {
        func challenge(_ refusal: Refusal) -> String? { BearerChallenge.value(for: refusal, realm: "authd") }

        #expect(challenge(Refusal(.unauthenticated)) == "Bearer realm=\"authd\"")
        #expect(challenge(Refusal(.invalidToken))?.contains("error=\"invalid_token\"") == true)
        #expect(
            challenge(Refusal(missing: .everything))
                == "Bearer realm=\"authd\", error=\"insufficient_scope\", scope=\"*\"")
        #expect(challenge(Refusal(.notFound)) == nil)
        #expect(BearerChallenge.realm(from: "a\"b\\c\r\nd é") == "abcd ")
    }
}
