// SPDX-License-Identifier: Apache-2.0

import AuthHTTP

/// The folder of `DOCS_ASSETS_DIR`, for networks without access to the outside.
enum DocumentationFolder {
    private static let maximumBytes = 16 * 1024 * 1024

    /// Reads the three files of the documentation pages; without a folder they come from a public network.
    ///
    /// - Throws: A sentence that names the file that is missing.
    static func assets(_ folder: String?) throws(CommandFailure) -> DocumentationAssets {
        guard let folder else { return .contentDeliveryNetwork }
        return .local(
            swaggerScript: try read(folder, "swagger-ui-bundle.js"), swaggerStyle: try read(folder, "swagger-ui.css"),
            redocScript: try read(folder, "redoc.standalone.js"))
    }

    private static func read(_ folder: String, _ name: String) throws(CommandFailure) -> [UInt8] {
        switch FileContents.read("\(folder)/\(name)", maximumBytes: maximumBytes) {
        case .success(let bytes) where bytes.count <= maximumBytes: return bytes
        case .success, .failure:
            throw CommandFailure(.configuration, "DOCS_ASSETS_DIR \(folder) has no readable \(name) of at most 16 MiB.")
        }
    }
}
