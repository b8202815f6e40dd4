// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// `Dockerfile` and `compose.yaml` against the page that describes them and the program that they run.
///
/// Docker itself is not needed: each instruction is read, and what it sets the daemon is run with.
@Suite("Container files", .oneAtATime, .timeLimit(.minutes(10)))
struct ContainerFilesTests {
    private static var page: String {
        get throws { try AuthdBinary.text(of: "docs/deployment.md") }
    }

    /// The page's sentences without their line ends.
    private static var sentences: String {
        get throws { try page.split(separator: "\n").joined(separator: " ") }
    }

    @Test("the image is built from what the package needs, and nothing that it copies is kept from it")
    func building() throws {
        let build = try ContainerFile().stages[0]
        let bootstrap = try AuthdBinary.text(of: "scripts/bootstrap")
        let libraries = bootstrap.matches(of: #/\nlibrary \S+ (\S+)/#).map { String($0.output.1) }
        #expect(libraries.count > 4)
        #expect(Set(build.packages) == Set(libraries).union(["pkg-config"]))
        #expect(bootstrap.contains("\nprogram pkg-config pkg-config\n"))

        #expect(build.all("COPY") == [". ."])
        let kept = try AuthdBinary.text(of: ".dockerignore").split(separator: "\n").filter { !$0.hasPrefix("#") }
        let copied = try ContainerFile().stages[1].all("COPY").filter { !$0.hasPrefix("--from=") }
            .flatMap { $0.split(separator: " ").dropLast().map(String.init) }
        #expect(copied == ["LICENSE", "NOTICE"])
        for file in copied + ["Package.swift", "Package.resolved", "Sources", "Tests"] {
            #expect(FileManager.default.fileExists(atPath: AuthdBinary.package.appending(path: file).path), "\(file)")
            #expect(!kept.contains(Substring(file)), "\(file)")
        }
        // What must not get into an image.
        for secret in [".env", "secrets", "**/*.key", "**/*.db"] { #expect(kept.contains(Substring(secret))) }
    }

    @Test("the page's command fits the image: its port, its volume, and the user that it runs as")
    func running() throws {
        let file = try ContainerFile()
        let lines = MarkdownPage(try Self.page)
        let command = try lines.text("Docker #1").replacing("\\\n", with: " ").split(separator: "\n").map {
            $0.split(separator: " ").map(String.init)
        }
        try #require(command.count == 2)
        #expect(command[0] == ["docker", "build", "--tag", "authd", "."])
        let run = command[1]
        #expect(run.prefix(3) == ["docker", "run", "--detach"] && run.last == "authd")
        func value(_ flag: String) throws -> String {
            run[try #require(run.firstIndex(of: flag)) + 1]
        }
        let port = try file.last("EXPOSE")
        let folder = try file.last("VOLUME")
        #expect(try value("--publish") == "127.0.0.1:\(port):\(port)")
        #expect(try value("--volume") == "authd:\(folder)")
        #expect(try file.last("WORKDIR") == folder)
        #expect(file.stages[1].environment == ["HOST": "0.0.0.0", "PORT": port])
        // A container is told to stop by SIGTERM, which must reach the daemon and no shell.
        #expect(try file.words("ENTRYPOINT") == ["authd"] && file.words("CMD") == ["serve"])

        let user = try file.last("USER")
        let making = file.stages[1].all("RUN").joined(separator: " ")
        #expect(user == "10001:10001" && making.contains("groupadd --system --gid 10001 authd"))
        #expect(making.contains("useradd --system --uid 10001 --gid 10001 "))
        #expect(making.contains("--owner=authd --group=authd --mode=0700 \(folder)"))
        let sentences = try Self.sentences
        #expect(sentences.contains("runs as user 10001, listens on all its addresses, and is healthy"))
        #expect(sentences.contains("must belong to user 10001 and be readable by that user alone"))
    }

    @Test("with the image's variables and those of the page's command, database and root key are made in its folder")
    func settings() async throws {
        let file = try ContainerFile()
        var settings = file.stages[1].environment.merging(["ENVIRONMENT": ""]) { $1 }
        for given in try MarkdownPage(Self.page).text("Docker #1").split(separator: "--env ").dropFirst() {
            let parts = try #require(given.split(separator: " ").first).split(separator: "=").map(String.init)
            settings[parts[0]] = parts[1]
        }
        let names = ["HOST", "PORT", "PUBLIC_URL", "TRUSTED_PROXIES"]
        try #require(Set(settings.keys) == Set(names + ["ENVIRONMENT"]))
        try await Installation.with(.sqlite, settings) { installation in
            let checked = try await installation.authd("config", "check")
            #expect(checked.succeeded, "\(checked)")
            for name in names { #expect(!checked.errors.contains(": \(name) "), "\(checked)") }
            // A port of this test's own, so that it runs beside others.
            try await installation.serving(["PORT": "0"]) { daemon in
                try await daemon.send("GET", "/health").expect(200)
                #expect(installation.directory.exists("authd.db") && installation.directory.exists("authd.db.key"))
            }
        }
    }

    @Test("the head of compose.yaml makes what its services need, and their settings can be used")
    func compose() async throws {
        let text = try AuthdBinary.text(of: "compose.yaml")
        let head = text.split(separator: "\n").prefix { $0.hasPrefix("#") }.filter { $0.hasPrefix("#   ") }
            .map { String($0.dropFirst(4)) }
        let file = try #require(try await YAMLFile.documents(of: "compose.yaml").first)

        try await Installation.with(.sqlite, ["ENVIRONMENT": ""]) { installation in
            let own = head.filter { !$0.hasPrefix("sudo ") && !$0.hasPrefix("docker ") }
            #expect(head.filter { $0.hasPrefix("sudo ") } == ["sudo chown 10001:10001 secrets/root.key"])
            let made = try await installation.shell(own.joined(separator: "\n"))
            #expect(made.succeeded, "\(made)")
            #expect(try installation.directory.permissions(of: ".env") == 0o600)
            #expect(try installation.directory.permissions(of: "secrets") == 0o700)
            #expect(try installation.directory.permissions(of: "secrets/root.key") == 0o600)
            #expect(file["secrets"]?["root_key"]?["file"]?.string == "./secrets/root.key")
            // The working directory, where the last signed head of the audit log is kept beside PostgreSQL.
            let folder = try ContainerFile().last("WORKDIR")
            #expect(file["services"]?["authd"]?["volumes"] == .array([.string("authd:\(folder)")]))
            #expect(file["volumes"]?["authd"] == .null)

            // What docker puts in the place of `${NAME:?words}` and `${NAME:-default}`.
            let written = try String(contentsOfFile: installation.directory.file(".env"), encoding: .utf8)
            try await Command("rm", installation.directory.file(".env")).succeed()
            let secrets = written.split(separator: "\n").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
            for service in ["migrate", "authd"] {
                let given = try #require(file["services"]?[service]?["environment"]?.object)
                var variables: [String: String] = [:]
                for (name, value) in given {
                    var value = try #require(value.string, "\(name)")
                    for secret in secrets {
                        value = value.replacing("${\(secret[0]):?see the head of compose.yaml}", with: secret[1])
                    }
                    value = value.replacing("${PUBLIC_URL:-http://localhost:8000}", with: "https://id.example")
                    variables[name] = value.replacing("${TRUSTED_PROXIES:-}", with: "172.18.0.1")
                }
                #expect(!variables.values.contains { $0.contains("$") }, "\(variables.keys)")
                #expect(variables["ROOT_KEY_FILE"] == "/run/secrets/root_key")
                for name in ["PUBLIC_URL", "TRUSTED_PROXIES"] { #expect(variables[name] != nil, "\(name)") }
                let checked = try await installation.with(variables).authd("config", "check")
                #expect(checked.succeeded, "\(checked)")
                #expect(checked.output.contains("@database/authd"), "\(checked)")
            }

            // The service that migrates comes first, here to a file.
            let migrated = try await installation.authd("migrate")
            #expect(migrated.succeeded, "\(migrated)")
            // The command that makes an administrator, without the container that it runs in.
            let keyed = installation.with(["ROOT_KEY_FILE": "secrets/root.key"])
            let prefix = "docker compose run --rm authd "
            let command = try #require(head.first { $0.hasPrefix(prefix) }).dropFirst(prefix.count)
            try installation.linkBinary(at: "bin/authd")
            let administrator = try await keyed.shell("echo 'a compiler from 1952' | authd \(command)")
            #expect(administrator.succeeded, "\(administrator)")
            let list = try await keyed.authd("user", "list")
            #expect(list.output.contains("\tada@example.com\tadmin\t"), "\(list)")
        }
        #expect(
            try Self.sentences.contains(
                "`compose.yaml` starts authd beside PostgreSQL; the comment at its top lists what to create first"))
    }

    @Test("compose.yaml has no fault by the schema of the Compose specification")
    func composeSchema() async throws {
        let outcome = try await TestPython.run(
            with: "check_jsonschema", "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec",
            AuthdBinary.package.appending(path: "compose.yaml").path)
        #expect(outcome.succeeded, "\(outcome)")
    }

    @Test("compose.yaml has the version of PostgreSQL that the page says it was tested with")
    func version() throws {
        let tested = try #require(Self.page.firstMatch(of: #/Tested with version (\d+)\./#)).output.1
        let image = try #require(AuthdBinary.text(of: "compose.yaml").firstMatch(of: #/image: postgres:(\d+)-/#)).output
            .1
        #expect(tested == image)
    }
}
