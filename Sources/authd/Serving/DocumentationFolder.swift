// SPDX-License-Identifier: Apache-2.0

import AuthHTTP

/// The folder of `DOCS_ASSETS_DIR`, for networks without access to the outside.
enum DocumentationFolder {
    private static let maximumBytes = 16 * 1024 * 1024
    private static let names = ["swagger-ui-bundle.js", "swagger-ui.css", "redoc.standalone.js"]

    /// Reads the three files of the documentation pages; without a folder they come from a public network.
    ///
    /// - Throws: A sentence that names all files that are missing.
    static func assets(_ folder: String?) throws(CommandFailure) -> DocumentationAssets {
        guard let folder else { return .contentDeliveryNetwork }
        let files = names.map { read(folder, $0) }
        guard let script = files[0], let style = files[1], let redoc = files[2] else {
            let missing = zip(names, files).filter { $0.1 == nil }.map(\.0)
            throw CommandFailure(.configuration, sentence(folder, missing: missing))
        }
        return .local(swaggerScript: script, swaggerStyle: style, redocScript: redoc)
    }

    /// What is wrong with a folder in which files are missing.
    static func sentence(_ folder: String, missing: [String] = names) -> String {
        "DOCS_ASSETS_DIR \(Redaction.printable(folder)) has no readable \(missing.joined(separator: ", ")) of at most 16 MiB: "
            + "copy them from the npm packages swagger-ui-dist and redoc, or remove the setting."
    }

    private static func read(_ folder: String, _ name: String) -> [UInt8]? {
        switch FileContents.read("\(folder)/\(name)", maximumBytes: maximumBytes) {
        case .success(let bytes) where bytes.count <= maximumBytes: bytes
        case .success, .failure: nil
        }
    }
}
