// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTestSupport
import FoundationEssentials
import Testing

@testable import AuthCrypto

@Suite("File of breached passwords")
struct BreachedPasswordFileTests {
    /// Does something with a file of this content, which is gone afterwards.
    @discardableResult
    func withFile<Value>(_ content: String, _ body: (String) throws -> Value) throws -> Value {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        try folder.write(content, to: "list.txt")
        return try body(folder.file("list.txt"))
    }

    static func digest(_ text: String) throws -> String {
        String(decoding: try #require(BreachedPasswordFile.digest(of: Password(text))), as: UTF8.self)
    }

    struct Form: CustomTestStringConvertible {
        let testDescription: String
        let line: @Sendable (_ digest: String, _ number: Int) -> String
        var lastEnd = true
        var start = ""
    }

    static let forms = [
        Form(testDescription: "digests alone") { digest, _ in "\(digest)\n" },
        Form(testDescription: "with counts of any length") { digest, number in
            "\(digest):\(String(repeating: "9", count: number % 10 + 1))\n"
        },
        Form(testDescription: "with the line ends of Windows") { digest, number in "\(digest):\(number)\r\n" },
        Form(testDescription: "in lower case") { digest, number in "\(digest.lowercased()):\(number)\n" },
        Form(testDescription: "without an end of the last line", line: { "\($0):\($1)\n" }, lastEnd: false),
        Form(testDescription: "with a byte order mark", line: { "\($0):\($1)\r\n" }, start: "\u{FEFF}"),
    ]

    // ASVS 6.2.12
    @Test("every password of the list is found and no other, however many there are", arguments: forms)
    func finds(_ form: Form) throws {
        for count in [1, 2, 3, 7, 64, 1_000] {
            let inside = (0..<count).map { "breached passphrase \($0)" }
            let digests = try inside.map(Self.digest).sorted()
            var content = form.start + digests.enumerated().map { form.line($1, $0) }.joined()
            if !form.lastEnd { content.removeLast() }

            try withFile(content) { path in
                let file = try BreachedPasswordFile(path: path)
                for password in inside { #expect(try file.contains(Password(password)), "\(password) of \(count)") }
                for number in 0..<200 { #expect(try !file.contains(Password("unheard of \(number)"))) }
                // The same in other letters is another password.
                #expect(try !file.contains(Password("Breached passphrase 0")))
            }
        }
    }

    @Test("the digest is the one of the published lists")
    func publishedDigest() throws {
        #expect(try Self.digest("password") == "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8")
        try withFile("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:10434004\n") { path in
            let file = try BreachedPasswordFile(path: path)
            #expect(try file.contains(Password("password")))
        }
    }

    @Test("a file that is no such list is rejected when it is opened")
    func refused() throws {
        #expect(throws: BreachedPasswordFile.Failure.cannotOpen(code: 2)) {
            try BreachedPasswordFile(path: "/nonexistent/list.txt")
        }
        for path in ["/tmp", "/dev/null"] {
            #expect(throws: BreachedPasswordFile.Failure.notAFile) { try BreachedPasswordFile(path: path) }
        }
        let (low, high) = (String(repeating: "1", count: 40), String(repeating: "2", count: 40))
        for content in [
            "password\n", "\n", "\(low.dropLast())\n", "\(low)0\n", "\(low);7\n", "\(low.dropLast())G:7\n",
            "\(high):1\n\(low):1\n", "\(low):\(String(repeating: "7", count: 200))\n", "\(low):1\n\(high):1\n\n",
        ] {
            try withFile(content) { path in
                #expect(throws: BreachedPasswordFile.Failure.malformed, "\(content)") {
                    try BreachedPasswordFile(path: path)
                }
            }
        }
    }

    @Test("a fault in the middle of the file is a failure, not a result")
    func faultInside() throws {
        let digests = try (0..<3).map { try Self.digest("breached passphrase \($0)") }.sorted()
        let fault = "nothing that belongs here, and a line too long for any digest with a count"
        try withFile("\(digests[0]):1\n\(fault)\n\(digests[2]):1\n") { path in
            let file = try BreachedPasswordFile(path: path)
            #expect(throws: BreachedPasswordFile.Failure.malformed) { try file.contains(Password("unheard of")) }
        }
    }

    @Test("look-ups run on the pool's threads")
    func pooled() async throws {
        let pool = try HashingPool(configuration: .init(threads: 1, queueLimit: 4))
        let digest = try Self.digest("breached passphrase")
        let breached = try withFile("\(digest):3\n") { path in
            PooledBreachedPasswords(pool: pool, file: try BreachedPasswordFile(path: path))
        }

        #expect(try await breached.contains(Password("breached passphrase")))
        #expect(try await !breached.contains(Password("unheard of by them")))
        await pool.shutdown()
        await #expect(throws: HashingError.shutDown) { try await breached.contains(Password("breached passphrase")) }
    }
}
