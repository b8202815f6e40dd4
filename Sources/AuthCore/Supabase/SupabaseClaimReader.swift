// SPDX-License-Identifier: Apache-2.0

/// The claims of a token in Supabase's form, one of which has one meaning or is refused.
struct SupabaseClaimReader {
    private let claims: JSONObject

    /// Reads a payload.
    init(_ payload: [UInt8]) throws(TokenError) {
        do throws(JSONError) {
            guard let object = try JSONReader.read(payload).objectValue else { throw JSONError.unexpectedByte(at: 0) }
            claims = object
        } catch {
            throw .malformed
        }
    }

    /// A claim that must be there, and must not be empty.
    func requiredText(_ name: String) throws(TokenError) -> String {
        guard let value = claims[name] else { throw .missingClaim(name) }
        guard let text = value.stringValue, !text.isEmpty else { throw .badClaim(name) }
        return text
    }

    /// A time that must be there.
    func requiredSeconds(_ name: String) throws(TokenError) -> Int64 {
        guard let value = claims[name] else { throw .missingClaim(name) }
        return try Self.seconds(value, name)
    }

    /// A time that may be absent, or `null`.
    func seconds(_ name: String) throws(TokenError) -> Int64? {
        guard let value = claims[name], !value.isNull else { return nil }
        return try Self.seconds(value, name)
    }

    /// A text that may be absent, or `null`.
    func text(_ name: String) throws(TokenError) -> String? {
        guard let value = claims[name], !value.isNull else { return nil }
        guard let text = value.stringValue else { throw .badClaim(name) }
        return text
    }

    /// An object that may be absent, or `null`, and then counts as an empty one.
    func object(_ name: String) throws(TokenError) -> JSONObject {
        guard let value = claims[name], !value.isNull else { return JSONObject() }
        guard let object = value.objectValue else { throw .badClaim(name) }
        return object
    }

    /// A truth value that may be absent, or `null`, and then is false.
    func flag(_ name: String) throws(TokenError) -> Bool {
        guard let value = claims[name], !value.isNull else { return false }
        guard let flag = value.boolValue else { throw .badClaim(name) }
        return flag
    }

    /// The one audience.
    func audience() throws(TokenError) -> String {
        guard let value = claims["aud"] else { throw .missingClaim("aud") }
        var only = value
        if let list = value.arrayValue {
            guard list.count == 1, let first = list.first else { throw .badClaim("aud") }
            only = first
        }
        guard let text = only.stringValue, !text.isEmpty else { throw .badClaim("aud") }
        return text
    }

    /// The elements of `amr`.
    func methods() throws(TokenError) -> [SupabaseTokenClaims.Method] {
        guard let value = claims["amr"], !value.isNull else { return [] }
        guard let list = value.arrayValue else { throw .badClaim("amr") }
        var methods: [SupabaseTokenClaims.Method] = []
        for element in list {
            guard let object = element.objectValue, let name = object["method"]?.stringValue,
                let timestamp = object["timestamp"]
            else { throw .badClaim("amr") }
            methods.append(SupabaseTokenClaims.Method(name: name, seconds: try Self.seconds(timestamp, "amr")))
        }
        return methods
    }

    private static func seconds(_ value: JSONValue, _ name: String) throws(TokenError) -> Int64 {
        guard let seconds = value.int64Value, (0...ClaimReader.latestSecond).contains(seconds) else {
            throw .badClaim(name)
        }
        return seconds
    }
}
