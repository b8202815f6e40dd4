// SPDX-License-Identifier: Apache-2.0

internal import Foundation
package import Glibc
internal import Synchronization

/// A folder that exists for as long as a test needs it.
package struct TemporaryDirectory: Sendable {
    package let path: String
    private let owner: (user: uid_t, group: gid_t)?

    /// Makes one, for its owner alone.
    ///
    /// With `inMemory`, it stands in the file system in memory where that has room: for thousands of files that need to
    /// survive nothing. Making those on a disk takes more of the processors than what is done with them.
    package init(owner: (user: uid_t, group: gid_t)? = nil, inMemory: Bool = false) throws(Failure) {
        let parent = inMemory && MemoryFolder.hasRoom ? MemoryFolder.path : "/tmp"
        let prefix = "\(parent)/authd-test-\(getpid())-"
        var template = Array((prefix + String(repeating: "X", count: 6)).utf8CString)
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

/// The file system in memory that Linux has for everyone.
private enum MemoryFolder {
    static let path = "/dev/shm"
    private static let needed: UInt = 2 << 30

    /// Containers often have 64 MiB there.
    static let hasRoom: Bool = {
        var status = statvfs()
        guard access(path, W_OK) == 0, statvfs(path, &status) == 0 else { return false }
        removeLeftovers()
        return status.f_bavail * status.f_frsize >= needed
    }()

    /// Removes the folders of processes that were killed before they could: here they would hold memory until a restart.
    private static func removeLeftovers() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
            let parts = name.split(separator: "-")
            guard parts.count == 4, parts[0] == "authd", parts[1] == "test", let process = pid_t(parts[2]) else {
                continue
            }
            guard kill(process, 0) != 0, errno == ESRCH else { continue }
            try? FileManager.default.removeItem(atPath: "\(path)/\(name)")
        }
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
