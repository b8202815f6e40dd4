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

    @Test("`make release` packs the program as the container image has it, and the page installs what it packs")
    func release() async throws {
        #expect(try await Self.steps(of: "make release") == ["scripts/bootstrap release", "scripts/release"])
        let build = "build --configuration release --product authd --static-swift-stdlib"
        #expect(try AuthdBinary.text(of: "Dockerfile").contains("RUN swift \(build) \\\n"))
        let script = try AuthdBinary.text(of: "scripts/release")
        #expect(script.contains("    \"$swift\" \(build)\n"))

        // What `scripts/test-release` installs, unpacks and starts, and `.ci/run` runs that.
        #expect(try Self.page.text("The binary #1") == "make release\napt-get install ./dist/authd_*.deb")
        #expect(script.contains(#""$dist/authd_${version}_$architecture.deb""#))
        let unpacking = try Self.page.text("The binary #2").split(separator: " ").map(String.init)
        #expect(unpacking.prefix(4) == ["tar", "--extract", "--file", "dist/authd-*-linux-*.tar.gz"])
        let words = unpacking.dropFirst(4).map { #""\#($0)""# }.joined(separator: ", ")
        #expect(try AuthdBinary.text(of: "Tests/Release/tarball.py").contains(words))
        #expect(try AuthdBinary.text(of: ".ci/run").contains("scripts/test-release"))
    }

    @Test(
        "the licences of a release are those of every package that is linked in, and the page on dependencies has each")
    func licences() async throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        let build = URL(fileURLWithPath: try AuthdBinary.path).deletingLastPathComponent().path
        let packages = try await Self.collectLicences(of: build, into: folder.path).succeed()
            .split(separator: "\n").map(String.init)
        let page = try AuthdBinary.text(of: "docs/dependencies.md")
        let named = Set(page.matches(of: #/\[(swift-[a-z-]+)\]/#).map { String($0.output.1) })

        // Those of the toolchain and of the Unicode library in Foundation are no packages.
        #expect(Set(packages).subtracting(["swift", "icu"]).isSubset(of: named), "\(packages)")
        #expect(Set(packages).isSuperset(of: ["swift", "icu", "swift-nio", "swift-argument-parser"]))
        for package in packages {
            #expect(folder.exists("\(package)/LICENSE.txt"), "\(package)")
        }
        for file in ["swift-nio/NOTICE.txt", "swift-nio/CNIOLLHTTP-LICENSE", "swift-log/NOTICE.txt"] {
            #expect(folder.exists(file), "\(file)")
        }
    }

    @Test("a module that is linked in and of no known package stops a release")
    func unknownModule() async throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        try FileManager.default.createDirectory(
            atPath: folder.file("authd.product"), withIntermediateDirectories: false)
        try folder.write(
            "/b/debug/authd.build/Authd.swift.o\n/b/debug/Ghost.build/Ghost.swift.o\n",
            to: "authd.product/Objects.LinkFileList")
        let outcome = try await Self.collectLicences(of: folder.path, into: folder.file("licences")).run()

        #expect(!outcome.succeeded && outcome.errors.contains("Ghost is a module of no package"), "\(outcome)")
    }

    private static func collectLicences(of build: String, into folder: String) -> Command {
        Command(AuthdBinary.package.appending(path: "scripts/collect-licences").path, build, folder)
    }

    @Test(
        "the page and the container image install the packages of all libraries that the program needs, and no others")
    func libraries() async throws {
        let installing = try Self.page.text("The binary #3").split(separator: " ").map(String.init)
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
        // A build of the one program that is not optimized is what a newcomer waits for.
        let build = try #require(try await Self.steps(of: "make run").first { $0.hasPrefix("swift build ") })
        #expect(build.contains("--product authd") && build.contains("-Onone"))
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
        #expect(
            named.isSuperset(of: [
                "run", "build", "test", "test-cluster", "release", "test-release", "soak", "docs", "migrate",
                "revision",
                "coverage",
            ]))
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
