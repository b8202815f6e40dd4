// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

/// An answer as a server writes it and `curl -i` prints it.
struct Response: Sendable, CustomStringConvertible {
    let status: Int
    let body: String
    private let fields: [(name: String, value: String)]

    /// Reads a status line, header fields and a body; interim answers before them are passed over.
    init(_ text: String) throws(Failure) {
        var rest = Array(text.utf8)[...]
        while true {
            guard let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) else { throw Failure("no answer in: \(text)") }
            let lines = String(decoding: rest[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
            rest = rest[end.upperBound...]
            let words = lines.first?.split(separator: " ") ?? []
            guard words.count >= 2, words[0] == "HTTP/1.1", let status = Int(words[1]) else {
                throw Failure("no status line in: \(text)")
            }
            guard status >= 200 else { continue }
            self.status = status
            fields = lines.dropFirst().map { line in
                let parts = line.split(separator: ":", maxSplits: 1)
                let value = parts.count == 2 ? parts[1].drop { $0 == " " } : ""
                return (parts.first?.lowercased() ?? "", String(value))
            }
            body = String(decoding: rest, as: UTF8.self)
            return
        }
    }

    var description: String { "\(status) \(body)" }

    /// The value of a header field; its name in lower case.
    subscript(field name: String) -> String? {
        fields.first { $0.name == name }?.value
    }

    /// The values of all header fields of a name, which is in lower case, in order.
    func values(of name: String) -> [String] {
        fields.filter { $0.name == name }.map(\.value)
    }

    /// The body as JSON.
    var json: JSONValue {
        get throws {
            guard let json = try? JSONValue(parsing: body) else { throw Failure("no JSON in: \(self)") }
            return json
        }
    }

    /// The text of a member of the body.
    func text(_ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
        try #require(try json[name]?.string, "\(name) in \(self)", sourceLocation: sourceLocation)
    }

    /// Expects the status, and shows the answer where it is another.
    func expect(_ expected: Int, _ what: String = "", sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(status == expected, "\(what) \(self)", sourceLocation: sourceLocation)
    }

    /// Expects a problem document that has all its members and the header fields that belong to its status.
    ///
    /// - Source: RFC 9457 §3.1; RFC 9110 §11.6.1, §15.5.6, §10.2.3
    func expectProblem(
        _ expected: Int, _ code: String? = nil, _ what: String = "", sourceLocation: SourceLocation = #_sourceLocation
    ) {
        expect(expected, what, sourceLocation: sourceLocation)
        #expect(
            self[field: "content-type"] == "application/problem+json", "\(what) \(self)", sourceLocation: sourceLocation
        )
        let problem = (try? json) ?? .null
        for member in ["type", "title", "detail", "code"] {
            #expect(
                problem[member]?.string?.isEmpty == false, "\(what) \(member) in \(self)",
                sourceLocation: sourceLocation)
        }
        #expect(problem["status"]?.number == Double(expected), "\(what) \(self)", sourceLocation: sourceLocation)
        if let code { #expect(problem["code"]?.string == code, "\(what) \(self)", sourceLocation: sourceLocation) }
        switch expected {
        case 401:
            let challenge = self[field: "www-authenticate"]
            #expect(challenge?.hasPrefix("Bearer ") == true, "\(what) \(self)", sourceLocation: sourceLocation)
        case 405:
            #expect(self[field: "allow"]?.isEmpty == false, "\(what) \(self)", sourceLocation: sourceLocation)
        case 422:
            expectFieldErrors(of: problem, what, sourceLocation)
        case 429, 503:
            #expect(
                self[field: "retry-after"].flatMap(Int.init) != nil, "\(what) \(self)", sourceLocation: sourceLocation)
        default:
            break
        }
    }

    private func expectFieldErrors(of problem: JSONValue, _ what: String, _ sourceLocation: SourceLocation) {
        let errors = problem["errors"]?.array ?? []
        #expect(!errors.isEmpty, "\(what) \(self)", sourceLocation: sourceLocation)
        for error in errors {
            for member in ["field", "code", "message"] {
                #expect(error[member]?.string?.isEmpty == false, "\(what) \(self)", sourceLocation: sourceLocation)
            }
        }
    }
}
