// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation

/// Where the program under test and the files of its package are.
enum AuthdBinary {
    /// The root of the package.
    static let package = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The built `authd`: the one that `AUTHD_BINARY` names, or the one beside these tests.
    static var path: String {
        get throws(Failure) {
            if let named = ProcessInfo.processInfo.environment["AUTHD_BINARY"] { return named }
            let folders = [
                Bundle.main.executableURL?.deletingLastPathComponent(),
                CommandLine.arguments.first.map { URL(fileURLWithPath: $0).deletingLastPathComponent() },
                package.appending(path: ".build/debug"),
            ]
            let candidates = folders.compactMap { $0?.appending(path: "authd").path }
            guard let path = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
                throw Failure("There is no authd to test: run `swift build`, or set AUTHD_BINARY.")
            }
            return path
        }
    }

    /// The text of a file of the package.
    static func text(of file: String) throws -> String {
        try String(contentsOf: package.appending(path: file), encoding: .utf8)
    }
}
