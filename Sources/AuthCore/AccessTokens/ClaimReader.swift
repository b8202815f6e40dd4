// SPDX-License-Identifier: Apache-2.0

/// Collects the claims of an access token in the order in which they come, so that a token is walked once.
struct ClaimReader {
    /// The last second of the year 9999; beyond it no clock and no date format goes.
    static let latestSecond: Int64 = 253_402_300_799

    private var issuer: String?
    private var subject: String?
    private var audience: [String]?
    private var expiresAt: Int64?
    private var issuedAt: Int64?
    private var notBefore: Int64?
    private var tokenID: String?
    private var sessionID: String?
    private var clientID: String?
    private var scope: String?
    private var role: String?
    private var roleEpoch: Int64?
    private var isEmailVerified: Bool?
    private var authenticatedAt: Int64?
    private var methods: [String]?
    private var context: String?
    private var epoch: Int64?
    private var appMetadata: JSONObject?
    private var userMetadata: JSONObject?
    private var isAccess = false

    /// One bit for each claim that is known here.
    private var seen: UInt32 = 0
    private var otherNames: Set<WireText> = []
    /// The first fault; kept until the end, because a text that is broken further on is no token at all.
    private var fault: TokenError?

    /// Reads one claim; false if there was one of this name before.
    mutating func take(_ name: JSONName, from reader: inout JSONReader) throws(JSONError) -> Bool {
        guard let index = AccessTokenClaims.Name.index(of: name) else {
            _ = try reader.value()
            return otherNames.insert(WireText(name.text)).inserted
        }
        let claim = AccessTokenClaims.Name.all[index]
        switch claim {
        case .iss: issuer = try text(claim, &reader)
        case .sub: subject = try text(claim, &reader)
        case .aud: audience = try texts(claim, &reader, acceptsOne: true)
        case .exp: expiresAt = try integer(claim, &reader, upTo: ClaimReader.latestSecond)
        case .iat: issuedAt = try integer(claim, &reader, upTo: ClaimReader.latestSecond)
        case .nbf: notBefore = try integer(claim, &reader, upTo: ClaimReader.latestSecond)
        case .jti: tokenID = try text(claim, &reader)
        case .sid: sessionID = try text(claim, &reader)
        case .clientID: clientID = try text(claim, &reader)
        case .scope: scope = try text(claim, &reader, mayBeEmpty: true)
        case .role: role = try text(claim, &reader)
        case .roleEpoch: roleEpoch = try integer(claim, &reader, upTo: .max)
        case .emailVerified: isEmailVerified = try flag(claim, &reader)
        case .authTime: authenticatedAt = try integer(claim, &reader, upTo: ClaimReader.latestSecond)
        case .amr: methods = try texts(claim, &reader, acceptsOne: false)
        case .acr: context = try text(claim, &reader)
        case .ver: epoch = try integer(claim, &reader, upTo: .max)
        case .appMetadata: appMetadata = try object(claim, &reader)
        case .userMetadata: userMetadata = try object(claim, &reader)
        case .type:
            isAccess = try reader.string()?.hasSameOctets(as: AccessTokenClaims.claimType) == true
            if !isAccess { note(.wrongType) }
        }
        let bit: UInt32 = 1 << index
        defer { seen |= bit }
        return seen & bit == 0
    }

    /// The claims, if none is at fault and none is missing.
    func finished() throws(TokenError) -> AccessTokenClaims {
        if let fault { throw fault }
        guard isAccess else { throw .missingClaim("type") }
        guard let issuer else { throw .missingClaim("iss") }
        guard let subject else { throw .missingClaim("sub") }
        guard let audience else { throw .missingClaim("aud") }
        guard let expiresAt else { throw .missingClaim("exp") }
        guard let issuedAt else { throw .missingClaim("iat") }
        guard let tokenID else { throw .missingClaim("jti") }
        guard let epoch else { throw .missingClaim("ver") }
        // No scope claim means no scope, and no methods claim means that none is stated.
        return AccessTokenClaims(
            issuer: issuer, subject: subject, audience: audience, expiresAtSeconds: expiresAt,
            issuedAtSeconds: issuedAt, notBeforeSeconds: notBefore, tokenID: tokenID, sessionID: sessionID,
            clientID: clientID, scope: scope ?? "", role: role, roleEpoch: roleEpoch, isEmailVerified: isEmailVerified,
            authenticatedAtSeconds: authenticatedAt, authenticationMethods: methods ?? [],
            authenticationContext: context, epoch: epoch, appMetadata: appMetadata, userMetadata: userMetadata)
    }

    private mutating func note(_ error: TokenError) {
        if fault == nil { fault = error }
    }

    private mutating func text(
        _ claim: AccessTokenClaims.Name, _ reader: inout JSONReader, mayBeEmpty: Bool = false
    ) throws(JSONError) -> String? {
        guard let text = try reader.string(), mayBeEmpty || !text.isEmpty else {
            note(.badClaim(claim.rawValue))
            return nil
        }
        return text
    }

    private mutating func texts(
        _ claim: AccessTokenClaims.Name, _ reader: inout JSONReader, acceptsOne: Bool
    ) throws(JSONError) -> [String]? {
        let value = try reader.value()
        let elements = acceptsOne && value.stringValue != nil ? [value] : value.arrayValue ?? []
        var texts: [String] = []
        texts.reserveCapacity(elements.count)
        for element in elements {
            guard case .string(let text) = element, !text.isEmpty else {
                texts = []
                break
            }
            texts.append(text)
        }
        guard !texts.isEmpty else {
            note(.badClaim(claim.rawValue))
            return nil
        }
        return texts
    }

    private mutating func object(
        _ claim: AccessTokenClaims.Name, _ reader: inout JSONReader
    ) throws(JSONError) -> JSONObject? {
        guard let object = try reader.value().objectValue else {
            note(.badClaim(claim.rawValue))
            return nil
        }
        return object
    }

    private mutating func flag(
        _ claim: AccessTokenClaims.Name, _ reader: inout JSONReader
    ) throws(JSONError) -> Bool? {
        guard case .bool(let flag) = try reader.value() else {
            note(.badClaim(claim.rawValue))
            return nil
        }
        return flag
    }

    private mutating func integer(
        _ claim: AccessTokenClaims.Name, _ reader: inout JSONReader, upTo maximum: Int64
    ) throws(JSONError) -> Int64? {
        guard let integer = try reader.integer(), 0...maximum ~= integer else {
            note(.badClaim(claim.rawValue))
            return nil
        }
        return integer
    }
}
