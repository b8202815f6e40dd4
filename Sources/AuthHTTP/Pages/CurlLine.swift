// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer

/// A line for a shell that calls a route with curl.
///
/// It takes the address of the interface from `BASE`, tokens from `ACCESS` and `SECRET`, and the values of path parameters from
/// variables of their names.
struct CurlLine {
    let endpoint: Endpoint

    var text: String {
        var words = ["curl"]
        let method = endpoint.method.rawValue
        let body = body
        let isImplied = endpoint.method == .get || endpoint.method == .post && !body.isEmpty
        if !isImplied { words += ["-X", method] }
        words.append("\"$BASE\(path)\"")
        return (words + authorization(endpoint.access) + body).joined(separator: " ")
    }

    private func authorization(_ access: AccessRequirement) -> [String] {
        switch access {
        case .anyone: return []
        case .authenticated, .permission, .scope, .role, .verifiedAddress:
            return ["-H", "\"Authorization: Bearer $ACCESS\""]
        case .service: return ["-H", "\"Authorization: Bearer $SECRET\""]
        case .anyOf(let alternatives):
            guard !access.isOpenToAnyone, let first = alternatives.first else { return [] }
            return authorization(first)
        }
    }

    /// The names of the variables that a path takes.
    static func variable(_ parameter: String) -> String {
        parameter.uppercased()
    }

    private var path: String {
        endpoint.path.segments.map { segment in
            switch segment {
            case .literal(let text): "/" + text
            case .parameter(let name): "/$" + Self.variable(name)
            }
        }.joined()
    }

    private var body: [String] {
        guard let body = endpoint.body else { return [] }
        let example = body.examples.first?.value ?? [:]
        guard body.formats.first == .form, let fields = example.objectValue else {
            return ["-H", "'Content-Type: application/json'", "-d", Self.quoted(example)]
        }
        return fields.members.flatMap { field in
            ["--data-urlencode", Self.quoted("\(field.name)=\(field.value.stringValue ?? "")")]
        }
    }

    private static func quoted(_ value: JSONValue) -> String {
        quoted(String(decoding: value.serialized, as: UTF8.self))
    }

    /// A word that the shell takes as it is.
    static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
