// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport

/// A YAML file of the package.
enum YAMLFile {
    /// The documents in a file, as the values that JSON has.
    static func documents(of file: String) async throws -> [JSONValue] {
        try await documents(in: AuthdBinary.text(of: file), name: file)
    }

    /// The documents in a text.
    static func documents(in text: String, name: String) async throws -> [JSONValue] {
        let program = "import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(sys.argv[1]))))"
        let parsed = try await TestPython.run(with: "yaml", "-c", program, text)
        guard parsed.succeeded, let documents = try JSONValue(parsing: parsed.output).array else {
            throw Failure("\(name): \(parsed.errors)")
        }
        return documents
    }
}
