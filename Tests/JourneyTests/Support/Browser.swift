// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

/// Chromium without a window, which reaches this machine and no other.
enum Browser {
    /// Opens a page.
    ///
    /// `hosts` says which names lead where, and `options` are further ones of Chromium.
    ///
    /// - Returns: The page as its scripts have left it.
    static func open(
        _ address: String, in directory: TemporaryDirectory, profile: String = "profile",
        hosts: String = "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost", _ options: String...
    ) async throws -> String {
        let fixed = [
            "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--host-resolver-rules=\(hosts)", "--user-data-dir=\(directory.file(profile))",
            "--virtual-time-budget=8000", "--dump-dom",
        ]
        var browser = Command(fixed + options + [address])
        browser.directory = directory.path
        let outcome = try await browser.run()
        guard outcome.end != .exited(127) else {
            throw Failure("These tests open pages in a browser: install the Debian package chromium.")
        }
        #expect(outcome.succeeded, "\(outcome.errors)")
        return outcome.output
    }
}
