// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTP
internal import AuthHTTPServer
internal import AuthService

/// The members of a body or the parameters of a query, as clients of the contract send them.
///
/// Null is absent, whatever the type. Members that no route asks for are ignored.
struct SupabaseFields: Sendable {
    private let members: JSONObject

    /// Nothing.
    init() {
        members = JSONObject()
    }

    /// The body of a call; no body is an object without members.
    ///
    /// - Throws: `.badJSON`.
    init(body call: Call) throws(SupabaseError) {
        do throws(Refusal) {
            members = try call.object(allowingEmpty: true)
        } catch {
            throw .badJSON
        }
    }

    /// The query of a call, in which empty values are absent.
    ///
    /// - Throws: `.validation` for one that cannot be read, or has a parameter twice.
    init(query call: Call) throws(SupabaseError) {
        var members = JSONObject()
        for pair in try Self.pairs(call.query) where !pair.value.isEmpty {
            members[pair.name] = .string(pair.value)
        }
        self.members = members
    }

    /// The form of a call, in which empty values are absent.
    ///
    /// - Throws: `.validation`.
    init(form call: Call) throws(SupabaseError) {
        guard ContentCoding.isIdentity(call.request.fields("content-encoding")),
            let text = String(validating: call.request.body, as: UTF8.self)
        else { throw .validation(SupabaseWording.badForm) }
        var members = JSONObject()
        for pair in try Self.pairs(text) where !pair.value.isEmpty {
            members[pair.name] = .string(pair.value)
        }
        self.members = members
    }

    /// The pairs of a query.
    ///
    /// - Throws: `.validation`.
    static func pairs(_ text: String?) throws(SupabaseError) -> [(name: String, value: String)] {
        do throws(FormReader.Failure) {
            return try FormReader.read((text ?? "")[...])
        } catch {
            throw .validation(SupabaseWording.badQuery)
        }
    }

    /// Whether a member is there and not null.
    func has(_ name: String) -> Bool {
        guard let value = members[name] else { return false }
        return !value.isNull
    }

    /// A text.
    ///
    /// - Throws: `.validation` for another type.
    func text(_ name: String) throws(SupabaseError) -> String? {
        guard let value = members[name], !value.isNull else { return nil }
        guard let text = value.stringValue else { throw .validation(SupabaseWording.notText) }
        return text
    }

    /// A truth value.
    ///
    /// - Throws: `.validation` for another type.
    func bool(_ name: String) throws(SupabaseError) -> Bool? {
        guard let value = members[name], !value.isNull else { return nil }
        guard let bool = value.boolValue else { throw .validation(SupabaseWording.notBool) }
        return bool
    }

    /// An object.
    ///
    /// - Throws: `.validation` for another type.
    func object(_ name: String) throws(SupabaseError) -> JSONObject? {
        guard let value = members[name], !value.isNull else { return nil }
        guard let object = value.objectValue else { throw .validation(SupabaseWording.notObject) }
        return object
    }

    /// A number of a query: from one on, and at most `most`.
    ///
    /// - Throws: `.validation` for anything else.
    func number(_ name: String, most: Int) throws(SupabaseError) -> Int? {
        guard let text = try text(name) else { return nil }
        let octets = text.utf8
        guard (1...9).contains(octets.count), octets.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(text), (1...most).contains(number)
        else { throw .validation(SupabaseWording.badNumber) }
        return number
    }

    /// How the client names a user.
    func contact() throws(SupabaseError) -> SupabaseContact {
        SupabaseContact(email: try text("email"), phone: try text("phone"))
    }

    /// Where a flow returns to: the pair of the body and the place of the query, or both of the query.
    func returning(redirectTo: String?) throws(SupabaseError) -> SupabaseReturn {
        try SupabaseReturn(
            redirectTo: redirectTo, challenge: text("code_challenge"), method: text("code_challenge_method"))
    }
}

/// The sentences of `validation_failed` for what the adapter itself reads; none has a word of the client's.
enum SupabaseWording {
    static let badForm = "The form cannot be read"
    static let badQuery = "The query cannot be read"
    static let notText = "A parameter has the wrong type: a string was expected"
    static let notBool = "A parameter has the wrong type: a boolean was expected"
    static let notObject = "A parameter has the wrong type: an object was expected"
    static let badNumber = "A page number or size is out of range"
    static let strayChannel = "Channel should only be specified with Phone OTP"
    static let badSort = "Bad sort parameters"
    static let badFactorType = "factor_type needs to be totp, phone, or webauthn"
    static let insecureCookies = "Signing in by a provider needs HTTPS"
}
