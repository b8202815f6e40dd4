// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
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
            "ROLES_FILE": "/nonexistent/roles.json", "BREACHED_PASSWORDS_FILE": "/nonexistent/list.txt",
            "DOCS_ASSETS_DIR": "/nonexistent/docs",
            "SMTP_HOST": "mail.example", "EMAILS_FROM_EMAIL": "auth@example.com", "SMTP_CA_FILE": "/nonexistent/ca.pem",
        ])
        let names = configuration.fileFaults.map { String($0.prefix { $0 != " " }) }
        // The root key would be made on the first start.
        #expect(
            names == ["DATABASE_URL", "ROLES_FILE", "BREACHED_PASSWORDS_FILE", "DOCS_ASSETS_DIR", "SMTP_CA_FILE"])
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

    @Test("a file of roles is read, and a fault in it is named with its place")
    func roles() throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        try folder.write(#"{"roles":[{"name":"editor","permissions":["notes"]}]}"#, to: "good.json")
        try folder.write(#"{"roles":[{"name":"editor","permissions":["me","Notes"]}]}"#, to: "bad.json")
        try folder.write(#"{"roles":[]}"#, to: "open.json", permissions: 0o666)
        func configuration(_ name: String) throws -> DaemonConfiguration {
            try DaemonConfiguration.read(["ROLES_FILE": folder.file(name)])
        }
        let good = try configuration("good.json")
        #expect(try good.readRolesFile()?.definitions.map(\.role) == ["editor"])
        #expect(good.service.hasRolesFile && good.fileFaults.isEmpty)
        #expect(
            try configuration("bad.json").fileFaults == [
                "ROLES_FILE \(folder.file("bad.json")): roles[0].permissions[1] \"Notes\" is no permission; correct the file, or "
                    + "remove the setting."
            ])
        #expect(try configuration("open.json").fileFaults.first?.contains("every user of the host") == true)
        let without = try DaemonConfiguration.read([:])
        #expect(try without.readRolesFile() == nil && !without.service.hasRolesFile)
    }
}
