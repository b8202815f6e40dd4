// SPDX-License-Identifier: Apache-2.0

/// Certificates for a server called `localhost`, made by `openssl` in a directory.
enum TLSFiles {
    /// Makes `ca.pem`, `other-ca.pem`, and `server.pem` with `server.key`, vouched for by the first.
    ///
    /// - Returns: The server's settings.
    static func make(in directory: String) async throws -> [String] {
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30"]
        for name in ["ca", "other-ca"] {
            try await ChildProcess.run(
                ["openssl", "req", "-x509"] + key + [
                    "-subj", "/CN=\(name)", "-keyout", "\(directory)/\(name).key", "-out", "\(directory)/\(name).pem",
                ])
        }
        try await ChildProcess.run(
            ["openssl", "req", "-x509"] + key + [
                "-CA", "\(directory)/ca.pem", "-CAkey", "\(directory)/ca.key", "-subj", "/CN=localhost",
                "-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:false",
                "-keyout", "\(directory)/server.key", "-out", "\(directory)/server.pem",
            ])
        return ["ssl=on", "ssl_cert_file=\(directory)/server.pem", "ssl_key_file=\(directory)/server.key"]
    }
}
