// SPDX-License-Identifier: Apache-2.0

/// What is particular to a flow of Supabase's API: which mail it is, and where its link leads in the end.
public struct SupabaseMail: Hashable, Sendable {
    /// Which mail it is.
    public let kind: SupabaseMailKind
    /// The canonical address that the mail went to, by which a typed code is found.
    public let address: String
    /// Where the browser goes afterwards: a target that ``RedirectAllowList`` has admitted.
    public let redirectTo: String
    /// SHA-256 of the verifier that the client keeps, 32 octets; empty for a client that takes the tokens themselves.
    public let challenge: [UInt8]

    /// The longest ``redirectTo`` in octets.
    public static let maximumRedirectBytes = 2_048
    /// The longest ``json`` in octets.
    public static let maximumBytes = 4_096

    /// Describes a mail; a target that is too long is left out, so that the link leads to the site.
    public init(_ kind: SupabaseMailKind, address: String, redirectTo: String, challenge: [UInt8]) {
        self.kind = kind
        self.address = address
        self.redirectTo = redirectTo.utf8.count <= Self.maximumRedirectBytes ? redirectTo : ""
        self.challenge = challenge
    }

    /// Reads what ``json`` wrote; `nil` for anything else.
    public init?(json: String) {
        let limits = JSONLimits(maximumBytes: Self.maximumBytes, maximumDepth: 1)
        guard let object = (try? JSONReader.read(Array(json.utf8), limits: limits))?.objectValue,
            let kind = object["kind"]?.stringValue.flatMap({ SupabaseMailKind(octetsOf: $0) }),
            let address = object["address"]?.stringValue, let redirectTo = object["redirect_to"]?.stringValue,
            let challenge = Self.challenge(object["challenge"])
        else { return nil }
        self.init(kind, address: address, redirectTo: redirectTo, challenge: challenge)
    }

    /// The text that is stored with the flow.
    public var json: String {
        var writer = JSONWriter()
        writer.object { mail in
            mail.member("kind", kind.rawValue)
            mail.member("address", address)
            mail.member("redirect_to", redirectTo)
            if !challenge.isEmpty { mail.member("challenge", Base64URL.encode(challenge)) }
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private static func challenge(_ value: JSONValue?) -> [UInt8]? {
        guard let value else { return [] }
        guard let octets = value.stringValue.flatMap({ Base64URL.decode($0) }), octets.count == 32 else { return nil }
        return octets
    }
}
