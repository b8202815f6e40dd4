// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import FoundationEssentials
import Testing

@testable import authd

@Suite("Files that settings name")
struct FileFaultsTests {
    @Test("each that cannot be used has a sentence that begins with its setting, all at once")
    func allAtOnce() throws {
        let configuration = try DaemonConfiguration.read([
            "DATABASE_URL": "sqlite:////nonexistent/authd.db", "ROOT_KEY_FILE": "/nonexistent/root.key",
            "BREACHED_PASSWORDS_FILE": "/nonexistent/list.txt", "DOCS_ASSETS_DIR": "/nonexistent/docs",
            "SMTP_HOST": "mail.example", "EMAILS_FROM_EMAIL": "auth@example.com", "SMTP_CA_FILE": "/nonexistent/ca.pem",
        ])
        let names = configuration.fileFaults.map { String($0.prefix { $0 != " " }) }
        // The root key would be made on the first start.
        #expect(names == ["DATABASE_URL", "BREACHED_PASSWORDS_FILE", "DOCS_ASSETS_DIR", "SMTP_CA_FILE"])
    }

    @Test("a folder of documentation scripts is told all the names that it lacks")
    func documentation() throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        try folder.write("", to: "swagger-ui.css")
        let failure = #expect(throws: CommandFailure.self) { try DocumentationFolder.assets(folder.path) }
        #expect(
            failure?.sentences == [
                "DOCS_ASSETS_DIR \(folder.path) has no readable swagger-ui-bundle.js, redoc.standalone.js of at most 16 MiB: "
                    + "copy them from the npm packages swagger-ui-dist and redoc, or remove the setting."
            ])
    }

    @Test("a file of authorities must hold PEM")
    func authorities() throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        try folder.write("-----BEGIN CERTIFICATE-----\n", to: "good.pem")
        try folder.write("not a certificate", to: "bad.pem")
        for (name, count) in [("good.pem", 0), ("bad.pem", 1)] {
            let configuration = try DaemonConfiguration.read([
                "SMTP_HOST": "mail.example", "EMAILS_FROM_EMAIL": "auth@example.com",
                "SMTP_CA_FILE": folder.file(name),
            ])
            #expect(configuration.fileFaults.count == count, "\(configuration.fileFaults)")
        }
    }

    @Test("the folder of a relative path, and of one at the root, is not missed")
    func folders() {
        for path in ["authd.db", "./authd.db", "/authd.db"] { #expect(DatabaseFolder.fault(of: path) == nil) }
        #expect(
            DatabaseFolder.fault(of: "/nonexistent/deep/authd.db")?.contains("the folder /nonexistent/deep, ") == true)
        #expect(DatabaseFolder.fault(of: "/etc/hostname/authd.db") != nil)
    }
}
