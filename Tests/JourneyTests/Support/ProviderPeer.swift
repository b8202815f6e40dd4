// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// An identity provider on a port of this machine, with the users ada, grace and alan and a client for authd.
struct ProviderPeer: Sendable {
    /// Which program it is, and the name under which authd knows it.
    enum Kind: String, Sendable, CustomTestStringConvertible {
        case glewlwyd, canaille, nanoidp

        var testDescription: String { rawValue }

        /// The module that its program needs of Python.
        fileprivate var module: String { self == .glewlwyd ? "sqlite3" : rawValue }

        /// Whether it says that it has verified the addresses of its users.
        var verifiesAddresses: Bool { self != .canaille }
    }

    /// The password of each user.
    static let password = "an engine of brass"
    /// The domain of ada's and grace's addresses, for which authd is to trust the providers.
    static let domain = "corp.example"
    private static let clientID = "authd"
    private static let clientSecret = "a-client-secret-of-1961"

    let name: String
    let issuer: String
    private let process: ChildProcess
    private let directory: TemporaryDirectory

    /// Starts one that sends browsers back to an authd under a URL, and waits until it answers.
    init(_ kind: Kind, publicURL: String) async throws {
        name = kind.rawValue
        directory = try TemporaryDirectory()
        let port = try LoopbackSocket.freePort()
        process = try ChildProcess(
            [
                try await TestPython.interpreter(with: kind.module), "-B",
                AuthdBinary.package.appending(path: "Tests/JourneyTests/Clients/\(kind)_provider.py").path,
                "\(port)", "\(publicURL)/auth/providers/\(name)/callback",
            ], environment: Command.environment, directory: directory.path, limit: 300)
        let lines = try await Self.lines(of: process, atLeast: 1)
        issuer = String(lines[0].dropFirst("ready ".count))
    }

    /// The settings of a daemon that offers it.
    var settings: [String: String] {
        Self.settings([(name, issuer)])
    }

    /// The settings of a daemon that offers providers by their names and issuers.
    static func settings(_ providers: [(name: String, issuer: String)]) -> [String: String] {
        var settings = ["PROVIDERS": providers.map(\.name).joined(separator: ",")]
        for (name, issuer) in providers {
            let prefix = "PROVIDER_\(name.uppercased())_"
            settings[prefix + "ISSUER"] = issuer
            settings[prefix + "CLIENT_ID"] = clientID
            settings[prefix + "CLIENT_SECRET"] = clientSecret
            settings[prefix + "TRUSTED_DOMAINS"] = domain
        }
        return settings
    }

    /// Changes the address of a user at the provider.
    func changeAddress(of user: String, to address: String) async throws {
        let count = await process.progress { _ in true }.output.count { $0 == 0x0A }
        process.write("address \(user) \(address)\n")
        let lines = try await Self.lines(of: process, atLeast: count + 1)
        #expect(lines[count] == "done", "\(lines)")
    }

    /// Ends it and expects that it ends well.
    func stop(sourceLocation: SourceLocation = #_sourceLocation) async {
        process.closeInput()
        let progress = await process.ended()
        directory.remove()
        #expect(progress.end == .exited(0), "\(progress.errorText)", sourceLocation: sourceLocation)
    }

    /// The lines that a program has printed, once there are so many.
    static func lines(of process: ChildProcess, atLeast count: Int) async throws -> [String] {
        let progress = await process.progress { progress in progress.output.count { $0 == 0x0A } >= count }
        let lines = String(decoding: progress.output, as: UTF8.self).split(separator: "\n").map(String.init)
        guard lines.count >= count else {
            throw Failure("\(lines.last ?? ""): \(String(describing: progress.end))\n\(progress.errorText)")
        }
        return lines
    }
}

/// The provider that lies as it is asked to: `Clients/lying_provider.py`.
struct LyingProvider: Sendable {
    private let process: ChildProcess
    private let base: String

    /// Starts it and waits until it answers.
    init(in directory: TemporaryDirectory) async throws {
        let port = try LoopbackSocket.freePort()
        process = try ChildProcess(
            [
                try await TestPython.interpreter(with: "cryptography"), "-B",
                AuthdBinary.package.appending(path: "Tests/JourneyTests/Clients/lying_provider.py").path,
                "\(port)", "a-client-secret-of-1961",
            ], environment: Command.environment, directory: directory.path, limit: 300)
        let lines = try await ProviderPeer.lines(of: process, atLeast: 1)
        base = String(lines[0].dropFirst("ready ".count))
    }

    /// The settings of a daemon that offers these issuers of it, each under its name; the one named `posting` is to answer by
    /// forms.
    func settings(_ names: [String]) -> [String: String] {
        var settings = ProviderPeer.settings(names.map { (name: $0, issuer: "\(base)/i/\($0)") })
        if names.contains("posting") { settings["PROVIDER_POSTING_RESPONSE_MODE"] = "form_post" }
        return settings
    }

    /// Ends it and expects that authd has sent it nothing wrong.
    func stop(sourceLocation: SourceLocation = #_sourceLocation) async {
        process.closeInput()
        let progress = await process.ended()
        #expect(progress.end == .exited(0), "\(progress.errorText)", sourceLocation: sourceLocation)
    }
}
