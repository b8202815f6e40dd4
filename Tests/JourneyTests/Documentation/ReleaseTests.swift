// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// How the documents build and install the program, and what the machine that runs it must have.
@Suite("Building and installing", .timeLimit(.minutes(10)))
struct ReleaseTests {
    private static var page: MarkdownPage {
        get throws { MarkdownPage(try AuthdBinary.text(of: "docs/deployment.md")) }
    }

    @Test("`make release` builds the binary that the page installs and the container image has; it runs")
    func release() async throws {
        let lines = try Self.page.text("The binary #1").split(separator: "\n").map(String.init)
        try #require(lines.count == 3)
        // The scripts are those of the clone in which the reader stands.
        #expect(FileManager.default.isExecutableFile(atPath: AuthdBinary.package.appending(path: lines[0]).path))
        let steps = try await Self.steps(of: lines[1])
        let build = "swift build --configuration release --product authd --static-swift-stdlib"
        #expect(steps == ["scripts/bootstrap", build], "\(steps)")
        #expect(try AuthdBinary.text(of: "Dockerfile").contains("RUN \(build) \\\n"))

        try await Installation.with(.sqlite) { installation in
            try installation.linkBinary(at: ".build/release/authd")
            try FileManager.default.createDirectory(
                atPath: installation.directory.file("bin"), withIntermediateDirectories: false)
            let text = try lines[2].adapted([("/usr/local/bin", installation.directory.file("bin"))])
            let outcome = try await installation.shell(text + "\nauthd version")
            #expect(outcome.succeeded && outcome.output.hasPrefix("authd "), "\(outcome)")
            #expect(try installation.directory.permissions(of: "bin/authd") == 0o755)
        }
    }

    @Test(
        "the page and the container image install the packages of all libraries that the program needs, and no others")
    func libraries() async throws {
        let installing = try Self.page.text("The binary #2").split(separator: " ").map(String.init)
        try #require(installing.prefix(2) == ["apt-get", "install"])
        let packages = Set(installing.dropFirst(2))

        // libc6 is in every Debian, and libstdc++6 brings libgcc-s1 along.
        let needed = Set(try await Self.libraries(of: try AuthdBinary.path).map(Self.package))
            .subtracting(["libc6", "libgcc-s1"])
        // Not linked: the certificates that mail and PostgreSQL are proved by.
        #expect(packages == needed.union(["ca-certificates"]), "\(needed.symmetricDifference(packages).sorted())")
        #expect(Set(try ContainerFile().stages[1].packages) == packages)
    }

    @Test("every `make` that the documents name is a target, which can be made", .timeLimit(.minutes(2)))
    func targets() async throws {
        let readme = MarkdownPage(try AuthdBinary.text(of: "README.md"))
        #expect(try readme.text("Quick start #1") == "make run")
        #expect(try readme.text("Run the tests #1") == "make test")
        #expect(try await Self.steps(of: "make run").last?.hasSuffix("exec .build/release/authd serve") == true)
        #expect(try await Self.steps(of: "make test") == ["scripts/bootstrap test", "scripts/test"])

        let guide = MarkdownPage(try AuthdBinary.text(of: "CONTRIBUTING.md"))
        var named: Set<String> = []
        for line in try guide.text("Build and test #1").split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.first == "make" {
                named.insert(String(words[1]))
            } else {
                let filter = try #require(line.split(separator: "--filter ").last?.split(separator: " ").first)
                #expect(line.hasPrefix("UPDATE_GOLDENS=1 swift test --filter"), "\(line)")
                #expect(
                    FileManager.default.fileExists(
                        atPath: AuthdBinary.package.appending(path: "Tests/\(filter)").path))
            }
        }
        for document in ["README.md", "CONTRIBUTING.md", "docs/deployment.md", "docs/api.md", "docs/dependencies.md"] {
            let text = try AuthdBinary.text(of: document)
            named.formUnion(text.matches(of: #/`make ([a-z-]+)`/#).map { String($0.output.1) })
        }
        #expect(named.isSuperset(of: ["run", "build", "test", "test-cluster", "release", "soak", "docs"]))
        for target in named { #expect(!(try await Self.steps(of: "make \(target)")).isEmpty, "\(target)") }
    }

    /// The commands that `make` would run.
    private static func steps(of make: String) async throws -> [String] {
        let words = make.split(separator: " ").map(String.init)
        try #require(words.count == 2 && words[0] == "make", "\(make)")
        let printed = try await Command("make", "-n", "-C", AuthdBinary.package.path, words[1]).succeed()
        return printed.split(separator: "\n").map(String.init).filter {
            !$0.hasPrefix("make: ") && !$0.hasPrefix("make[")
        }
    }

    /// The system's libraries that a program needs itself or through libraries of Swift, which a release has inside.
    private static func libraries(of program: String) async throws -> Set<String> {
        var system: Set<String> = []
        var seen: Set<String> = []
        var folders: [String] = []
        var open = [program]
        while let file = open.popLast() {
            let lines = try await Command("readelf", "--dynamic", "--wide", file).succeed().split(separator: "\n")
            folders += lines.filter { $0.contains("(RUNPATH)") || $0.contains("(RPATH)") }
                .flatMap { Self.bracketed($0).split(separator: ":") }.map(String.init).filter { !$0.hasPrefix("$") }
            for name in lines.filter({ $0.contains("(NEEDED)") }).map(Self.bracketed) where seen.insert(name).inserted {
                let own = folders.map { "\($0)/\(name)" }.first { FileManager.default.fileExists(atPath: $0) }
                if let own { open.append(own) } else { system.insert(name) }
            }
        }
        return system
    }

    private static func bracketed(_ line: Substring) -> String {
        String(line.split(separator: "[").last?.split(separator: "]").first ?? "")
    }

    /// The Debian package of a library: its name and the number of its interface.
    ///
    /// - Source: Debian Policy Manual §8.1
    private static func package(of library: String) -> String {
        let parts = library.split(separator: ".so.").map(String.init)
        let name = (parts.first ?? "").replacing("_", with: "-")
        let version = parts.count == 2 ? parts[1] : ""
        switch name {
        case "libc", "libm", "ld-linux-x86-64", "ld-linux-aarch64": return "libc6"
        // OpenSSL's two libraries are in one package.
        case "libcrypto": return "libssl\(version)"
        default: return name.last?.isNumber == true ? "\(name)-\(version)" : name + version
        }
    }
}
