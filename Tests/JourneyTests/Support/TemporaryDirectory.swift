// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Synchronization

/// A folder that exists for as long as a test needs it.
struct TemporaryDirectory: Sendable {
    let path: String

    /// Makes one, for its owner alone.
    init(owner: (user: uid_t, group: gid_t)? = nil) throws(Failure) {
        var template = Array(("/tmp/authd-journey-" + String(repeating: "X", count: 6)).utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure("no temporary directory") }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        if let owner { chown(path, owner.user, owner.group) }
        Leftovers.add(path)
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The path of a file in it.
    func file(_ name: String) -> String {
        "\(path)/\(name)"
    }

    func write(_ text: String, to name: String, permissions: Int = 0o600) throws {
        try text.write(toFile: file(name), atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: file(name))
    }

    func exists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: file(name))
    }

    /// Who may do what with a file, as `chmod` takes it.
    func permissions(of name: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: file(name))[.posixPermissions] as? Int
    }
}

/// Folders that are removed when the test process exits, whatever became of their tests.
private enum Leftovers {
    private static let paths = Mutex<[String]>([])

    static func add(_ path: String) {
        let isFirst = paths.withLock { paths in
            paths.append(path)
            return paths.count == 1
        }
        if isFirst { atexit { Leftovers.remove() } }
    }

    private static func remove() {
        for path in paths.withLock({ $0 }) { try? FileManager.default.removeItem(atPath: path) }
    }
}
