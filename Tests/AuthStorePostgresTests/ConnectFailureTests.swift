// SPDX-License-Identifier: Apache-2.0

import AuthStore
import Testing

@testable import AuthStorePostgres

@Suite("Connect failures")
struct ConnectFailureTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var message: String
        var needsPassword = false
        var isDenied: Bool
        var testDescription: String { message }
    }

    private static let host = "connection to server at \"127.0.0.1\", port 5432 failed: "

    @Test(
        "are denials if the server rejects role, password or database, otherwise temporary",
        arguments: [
            Case(message: host + "Connection refused\n\tIs the server running?\n", isDenied: false),
            Case(message: host + "FATAL:  28P01: password authentication failed for user \"ada\"\n", isDenied: true),
            Case(message: host + "FATAL:  28000: role \"ada\" does not exist\nLOCATION:  x, y.c:1\n", isDenied: true),
            Case(message: host + "FATAL:  3D000: database \"d\" does not exist\n", isDenied: true),
            Case(message: host + "FATAL:  42501: permission denied for database \"d\"\n", isDenied: true),
            Case(message: host + "FATAL:  57P03: the database system is starting up\n", isDenied: false),
            Case(message: host + "FATAL:  53300: sorry, too many clients already\n", isDenied: false),
            Case(message: host + "fe_sendauth: no password supplied\n", needsPassword: true, isDenied: true),
            Case(message: host + "FATAL:  28P01: no\n" + host + "Connection refused\n", isDenied: true),
            Case(message: "", isDenied: false),
        ])
    func denial(_ test: Case) {
        #expect(ConnectFailure(message: test.message, needsPassword: test.needsPassword).isDenied == test.isDenied)
    }

    @Test("keep the server's message without its source location")
    func words() {
        let failure = ConnectFailure(
            message: Self.host + "FATAL:  28P01: no\nLOCATION:  auth_failed, auth.c:338\n", needsPassword: false)

        #expect(failure.diagnostic.text == Self.host + "FATAL:  28P01: no")
    }
}
