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
    private var authenticatedAt: Int64?
    private var methods: [String]?
    private var context: String?
    private var epoch: Int64?
    private var isAccess = false

    /// One bit for each claim that is known here.
    private var seen: UInt32 = 0
    private var otherNames: Set<String> = []
    /// The first fault; kept until the end, because a text that is broken further on is no token at all.
    private var fault: TokenError?

    /// Notes one claim; false if there was one of this name before.
    mutating func take(_ name: String, _ value: JSONValue) -> Bool {
        switch name {
        case "iss":
            issuer = text(value, name)
            return isFirst(0)
        case "sub":
            subject = text(value, name)
            return isFirst(1)
        case "aud":
            audience = texts(value, name, acceptsOne: true)
            return isFirst(2)
        case "exp":
            expiresAt = time(value, name)
            return isFirst(3)
        case "iat":
            issuedAt = time(value, name)
            return isFirst(4)
        case "nbf":
            notBefore = time(value, name)
            return isFirst(5)
        case "jti":
            tokenID = text(value, name)
            return isFirst(6)
        case "sid":
            sessionID = text(value, name)
            return isFirst(7)
        case "client_id":
            clientID = text(value, name)
            return isFirst(8)
        case "scope":
            scope = text(value, name, mayBeEmpty: true)
            return isFirst(9)
        case "role":
            role = text(value, name)
            return isFirst(10)
        case "auth_time":
            authenticatedAt = time(value, name)
            return isFirst(11)
        case "amr":
            methods = texts(value, name, acceptsOne: false)
            return isFirst(12)
        case "acr":
            context = text(value, name)
            return isFirst(13)
        case "ver":
            epoch = integer(value, name, in: 0...Int64.max)
            return isFirst(14)
        case "type":
            isAccess = value.stringValue == AccessTokenClaims.claimType
            if !isAccess { note(.wrongType) }
            return isFirst(15)
        default:
            return otherNames.insert(name).inserted
        }
    }

    /// The claims, if none is at fault and none is missing.
    consuming func finished() throws(TokenError) -> AccessTokenClaims {
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
            clientID: clientID, scope: scope ?? "", role: role, authenticatedAtSeconds: authenticatedAt,
            authenticationMethods: methods ?? [], authenticationContext: context, epoch: epoch)
    }

    private mutating func isFirst(_ bit: UInt32) -> Bool {
        let mask: UInt32 = 1 << bit
        defer { seen |= mask }
        return seen & mask == 0
    }

    private mutating func note(_ error: TokenError) {
        if fault == nil { fault = error }
    }

    private mutating func text(_ value: JSONValue, _ name: String, mayBeEmpty: Bool = false) -> String? {
        guard case .string(let text) = value, mayBeEmpty || !text.isEmpty else {
            note(.badClaim(name))
            return nil
        }
        return text
    }

    private mutating func texts(_ value: JSONValue, _ name: String, acceptsOne: Bool) -> [String]? {
        if acceptsOne, case .string = value { return text(value, name).map { [$0] } }
        guard case .array(let elements) = value, !elements.isEmpty else {
            note(.badClaim(name))
            return nil
        }
        var texts: [String] = []
        texts.reserveCapacity(elements.count)
        for element in elements {
            guard let text = text(element, name) else { return nil }
            texts.append(text)
        }
        return texts
    }

    private mutating func time(_ value: JSONValue, _ name: String) -> Int64? {
        integer(value, name, in: 0...ClaimReader.latestSecond)
    }

    private mutating func integer(_ value: JSONValue, _ name: String, in range: ClosedRange<Int64>) -> Int64? {
        guard let integer = value.int64Value, range.contains(integer) else {
            note(.badClaim(name))
            return nil
        }
        return integer
    }
}
