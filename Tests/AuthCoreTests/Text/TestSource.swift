// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Reads files of the checkout by their place relative to a test's own source, without Foundation.
enum TestSource {
    struct Unreadable: Error {
        var path: String
    }

    /// The folder that holds `Package.swift`.
    static func root(_ file: StaticString = #filePath) -> String {
        // <root>/Tests/AuthCoreTests/Text/TestSource.swift
        file.description.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/")
    }

    static func text(_ path: String) throws -> String {
        guard let file = fopen("\(root())/\(path)", "r") else { throw Unreadable(path: path) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Unreadable(path: path) }
        return text
    }

    /// The paths of all Swift files below a folder, relative to it.
    static func swiftFiles(below path: String) throws -> [String] {
        guard let directory = opendir("\(root())/\(path)") else { throw Unreadable(path: path) }
        defer { closedir(directory) }
        var files: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasPrefix(".") { continue }
            if name.hasSuffix(".swift") {
                files.append(name)
            } else if Int32(entry.pointee.d_type) == Int32(DT_DIR) {
                files += try swiftFiles(below: "\(path)/\(name)").map { "\(name)/\($0)" }
            }
        }
        return files.sorted()
    }
}
