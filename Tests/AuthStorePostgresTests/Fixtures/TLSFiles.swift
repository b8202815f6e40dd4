// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport

/// Certificates for a server called `localhost`, made by `openssl` in a directory.
enum TLSFiles {
    /// Makes `ca.pem`, `other-ca.pem`, and `server.pem` with `server.key`, vouched for by the first.
    ///
    /// - Returns: The server's settings.
    static func make(in directory: TemporaryDirectory) async throws -> [String] {
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30"]
        for name in ["ca", "other-ca"] {
            try await openssl(
                ["req", "-x509"] + key + [
                    "-subj", "/CN=\(name)", "-keyout", directory.file("\(name).key"), "-out",
                    directory.file("\(name).pem"),
                ])
        }
        try await openssl(
            ["req", "-x509"] + key + [
                "-CA", directory.file("ca.pem"), "-CAkey", directory.file("ca.key"), "-subj", "/CN=localhost",
                "-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:false",
                "-keyout", directory.file("server.key"), "-out", directory.file("server.pem"),
            ])
        return [
            "ssl=on", "ssl_cert_file=\(directory.file("server.pem"))", "ssl_key_file=\(directory.file("server.key"))",
        ]
    }

    private static func openssl(_ arguments: [String]) async throws {
        try await Command(UnprivilegedUser.current.wrapping(["openssl"] + arguments)).succeed()
    }
}
