// SPDX-License-Identifier: Apache-2.0

internal import Foundation
package import Glibc
internal import Synchronization

/// A folder that exists for as long as a test needs it.
package struct TemporaryDirectory: Sendable {
    package let path: String
    private let owner: (user: uid_t, group: gid_t)?

    /// Makes one, for its owner alone.
    package init(owner: (user: uid_t, group: gid_t)? = nil) throws(Failure) {
        var template = Array(("/tmp/authd-test-" + String(repeating: "X", count: 6)).utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure("no temporary directory") }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        self.owner = owner
        if let owner { chown(path, owner.user, owner.group) }
        Leftovers.add(path)
    }

    package func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The path of a file in it.
    package func file(_ name: String) -> String {
        "\(path)/\(name)"
    }

    /// Writes a file, which belongs to the tests' own user.
    package func write(_ text: String, to name: String, permissions: Int = 0o600) throws {
        try text.write(toFile: file(name), atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: file(name))
    }

    /// Writes a file that belongs to the owner of the folder.
    package func writeForOwner(_ text: String, to name: String) throws {
        try write(text, to: name)
        if let owner { chown(file(name), owner.user, owner.group) }
    }

    package func exists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: file(name))
    }

    /// Who may do what with a file, as `chmod` takes it.
    package func permissions(of name: String) throws -> Int? {
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
