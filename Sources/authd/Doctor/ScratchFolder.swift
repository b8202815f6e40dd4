// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A folder for as long as a command runs, readable by its owner only.
struct ScratchFolder: Sendable {
    let path: String

    /// Makes one below `TMPDIR`, or below `/tmp`.
    init() throws(CommandFailure) {
        let parent = getenv("TMPDIR").flatMap { String(validatingCString: $0) } ?? "/tmp"
        var template = Array("\(parent)/authd-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil,
            let path = template.withUnsafeBufferPointer({ $0.baseAddress.flatMap { String(validatingCString: $0) } })
        else { throw CommandFailure(.failed, "No folder can be made below \(parent).") }
        self.path = path
    }

    /// Removes the folder and the files in it.
    func remove() {
        if let folder = opendir(path) {
            while let entry = readdir(folder) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name != ".", name != ".." { unlink("\(path)/\(name)") }
            }
            closedir(folder)
        }
        rmdir(path)
    }
}
