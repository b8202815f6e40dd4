// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Paths as an operator can find them from any folder.
enum AbsolutePath {
    /// A path from the root, fit to be shown; as it stands where the working directory has no name.
    static func of(_ path: String) -> String {
        guard !path.hasPrefix("/"), let folder = workingDirectory else { return Redaction.printable(path) }
        let relative = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
        return Redaction.printable(folder == "/" ? "/\(relative)" : "\(folder)/\(relative)")
    }

    private static var workingDirectory: String? {
        guard let text = getcwd(nil, 0) else { return nil }
        defer { free(text) }
        return String(validatingCString: text)
    }
}
