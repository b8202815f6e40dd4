// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Testing

/// The files of this repository, by their paths in it.
enum Repository {
    private static let root: String = {
        var folder = #filePath[...]
        for _ in 0..<4 { folder = folder[..<(folder.lastIndex(of: "/") ?? folder.startIndex)] }
        return String(folder)
    }()

    /// The text of a file.
    static func text(_ path: String) throws -> String {
        try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)
    }

    /// Whether there is a file or a folder.
    static func has(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(root)/\(path)")
    }

    /// The text of all sources that a person wrote, one file after another.
    static func sources() throws -> String {
        try FileManager.default.subpathsOfDirectory(atPath: "\(root)/Sources")
            .filter { $0.hasSuffix(".swift") && !$0.hasSuffix("+Generated.swift") && !$0.hasSuffix("+List.swift") }
            .sorted()
            .map { try text("Sources/\($0)") }.joined()
    }

    /// The names of the folders in a folder, and of the files there.
    static func contents(of folder: String) throws -> (folders: Set<String>, files: Set<String>) {
        var contents: (folders: Set<String>, files: Set<String>) = ([], [])
        for name in try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)") {
            var isFolder = false
            guard FileManager.default.fileExists(atPath: "\(root)/\(folder)/\(name)", isDirectory: &isFolder) else {
                continue
            }
            if isFolder { contents.folders.insert(name) } else { contents.files.insert(name) }
        }
        return contents
    }

    /// The Markdown files at the top, in `docs` and below, and in `db`.
    static func documents() throws -> [String] {
        let manager = FileManager.default
        let top = try manager.contentsOfDirectory(atPath: root)
        let below = try ["docs", "db"].flatMap { folder in
            try manager.subpathsOfDirectory(atPath: "\(root)/\(folder)").map { "\(folder)/\($0)" }
        }
        return (top + below).filter { $0.hasSuffix(".md") }.sorted()
    }
}
