// SPDX-License-Identifier: Apache-2.0

/// Names and addresses that never leave this machine.
enum LoopbackHost {
    /// Whether a host as written in a URL or a setting is `localhost`, in 127.0.0.0/8 or `::1` (brackets allowed).
    ///
    /// libcurl resolves `localhost` to loopback itself, so a name server cannot point it elsewhere.
    static func contains(_ host: String) -> Bool {
        let name = host.lowercased()
        if name == "localhost" || name == "::1" || name == "[::1]" { return true }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { $0.utf8.count <= 3 && $0.utf8.allSatisfy(isDigit) && UInt8($0) != nil }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }
}
