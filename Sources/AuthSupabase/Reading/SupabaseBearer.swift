// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer

/// What a request presents in `Authorization` and `apikey`.
enum SupabaseBearer {
    /// The bearer token; `nil` where there is none, where there are two fields, and for another scheme.
    static func token(of request: Request) -> String? {
        let fields = request.fields("authorization")
        guard fields.count == 1, let octets = fields.first?.utf8,
            ASCIICase.matches(Substring(octets.prefix(6)), lowercase: "bearer")
        else { return nil }
        let rest = octets.dropFirst(6)
        guard rest.first == 0x20 else { return nil }
        let token = rest.drop { $0 == 0x20 }
        return token.isEmpty ? nil : String(Substring(token))
    }

    /// Whether there is any `Authorization`, readable or not.
    static func isPresent(in request: Request) -> Bool { !request.fields("authorization").isEmpty }

    /// The value of `apikey`; `nil` where it is repeated.
    static func apiKey(of request: Request) -> String? {
        let fields = request.fields("apikey")
        return fields.count == 1 ? fields[0] : nil
    }
}
