// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto

/// Makes and recognises what a flow is held together by; nothing of it is stored when a flow begins.
///
/// A state is base64url(id 16 ‖ expiry 8 ‖ HMAC 16) and names its provider: the state of one is no state of another. What must
/// be kept from the provider and from the browser is derived from the id under the same key, so that a flow that began before
/// the root key was replaced ends as well.
struct ProviderFlowSecrets: Sendable {
    /// How long a flow may take, and how long a nonce can be used.
    static let lifetime = Duration.seconds(600)
    /// What clocks of the processes may differ by: for so much longer a spent value is kept.
    static let spentLeeway = Duration.seconds(60)

    private static let idLength = 16
    private static let expiryLength = 8
    private static let macLength = 16
    /// How much of a state stands in the name of its cookie.
    private static let suffixLength = 8

    /// What a text of this kind is for.
    enum Use: String, Sendable {
        case state
        case nativeNonce = "native nonce"
    }

    /// An authentic state or nonce.
    struct Flow: Sendable {
        let id: [UInt8]
        let expiresAt: Timestamp
        fileprivate let key: HMACSHA256

        /// The code verifier of PKCE that the provider gets with the code. - Source: RFC 7636 §4.1
        var verifier: String { derived("verifier") }
        /// What the provider gets of it at the start. - Source: RFC 7636 §4.2
        var challenge: String { Base64URL.encode(SHA256.digest(Array(verifier.utf8))) }
        /// The nonce of the id token.
        var nonce: String { derived("nonce") }
        /// What names it in the store, once it is spent.
        var digest: [UInt8] { key.authenticationCode(for: ProviderFlowSecrets.label("spent flow") + id) }

        private func derived(_ name: StaticString) -> String {
            Base64URL.encode(key.authenticationCode(for: ProviderFlowSecrets.label(name) + id))
        }
    }

    private let keys: MACKeys
    private let sealer: Sealer

    /// Takes the keys of the current root key and those of previous ones.
    init(current: SecretBytes, previous: [SecretBytes], sealer: Sealer) {
        keys = MACKeys(current: current, previous: previous)
        self.sealer = sealer
    }

    // MARK: States and nonces

    /// A new state or nonce for a provider.
    func make(
        _ use: Use, for name: ProviderName, at now: Timestamp, random: any RandomSource
    ) -> (text: String, flow: Flow) {
        let id = random.bytes(count: Self.idLength)
        let flow = Flow(id: id, expiresAt: now + Self.lifetime, key: keys.current)
        var content = id
        content.append(bigEndian: flow.expiresAt.microseconds)
        let mac = keys.current.authenticationCode(for: Self.authenticated(content, use, name)).prefix(Self.macLength)
        return (Base64URL.encode(content + mac), flow)
    }

    /// The flow of a presented text; `nil` if authd did not make it for this use and provider.
    ///
    /// Its expiry is the caller's to check.
    func flow(of text: String, _ use: Use, for name: ProviderName) -> Flow? {
        let length = Self.idLength + Self.expiryLength
        guard text.utf8.count == Base64URL.encodedCount(length + Self.macLength), let octets = Base64URL.decode(text)
        else { return nil }
        let content = Array(octets.prefix(length))
        let authenticated = Self.authenticated(content, use, name)
        for key in keys.all {
            let mac = key.authenticationCode(for: authenticated).prefix(Self.macLength)
            guard ConstantTime.equal(mac, octets.suffix(Self.macLength)) else { continue }
            let expiry = content.suffix(Self.expiryLength).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return Flow(
                id: Array(content.prefix(Self.idLength)),
                expiresAt: Timestamp(microseconds: Int64(bitPattern: expiry)), key: key)
        }
        return nil
    }

    /// The end of the name of a state's cookie.
    static func suffix(of state: String) -> String {
        String(decoding: state.utf8.prefix(suffixLength), as: UTF8.self)
    }

    /// What names a state in the store, where a callback is parked under it.
    static func digest(ofState state: String) -> [UInt8] {
        SHA256.digest(label("parked state") + Array(state.utf8))
    }

    private static func authenticated(_ content: [UInt8], _ use: Use, _ name: ProviderName) -> [UInt8] {
        Array(use.rawValue.utf8) + [0] + Array(name.text.utf8) + [0] + content
    }

    // MARK: Id tokens and codes

    /// What names an id token in the store: by what is signed, as a signature may have another spelling.
    static func digest(ofIDToken token: String) -> [UInt8] {
        let end = token.utf8.lastIndex(of: UInt8(ascii: ".")) ?? token.utf8.endIndex
        return SHA256.digest(label("id token") + Array(token.utf8[..<end]))
    }

    /// Whose exchange takes a code: the other one refuses it without a query.
    enum CodeForm: String, Sendable {
        case native = "apc_"
        case supabase = "asp_"

        fileprivate var label: [UInt8] {
            switch self {
            case .native: ProviderFlowSecrets.label("code")
            case .supabase: ProviderFlowSecrets.label("supabase code")
            }
        }
    }

    private static let codeLength = 32

    /// A new code, and what names it in the store: of 256 random bits no key is needed.
    static func makeCode(
        _ form: CodeForm = .native, random: any RandomSource
    ) -> (text: String, digest: [UInt8]) {
        let octets = random.bytes(count: codeLength)
        return (form.rawValue + Base64URL.encode(octets), SHA256.digest(form.label + octets))
    }

    /// What names a presented code in the store; `nil` for a text that is none.
    static func digest(ofCode text: String, _ form: CodeForm = .native) -> [UInt8]? {
        let prefix = form.rawValue.utf8
        guard text.utf8.starts(with: prefix), text.utf8.count < 100,
            let octets = Base64URL.decode(text.utf8.dropFirst(prefix.count)), octets.count == codeLength
        else { return nil }
        return SHA256.digest(form.label + octets)
    }

    /// The digest of a verifier, which its challenge is; `nil` for a text that is no verifier. - Source: RFC 7636 §4.1
    static func digest(ofVerifier text: String) -> [UInt8]? {
        guard (43...128).contains(text.utf8.count), text.utf8.allSatisfy(PercentEncoding.isUnreserved) else {
            return nil
        }
        return SHA256.digest(Array(text.utf8))
    }

    /// The digest that a challenge spells; `nil` for a text that is no challenge by SHA-256.
    static func digest(ofChallenge text: String) -> [UInt8]? {
        guard text.utf8.count == Base64URL.encodedCount(SHA256.byteCount), let digest = Base64URL.decode(text) else {
            return nil
        }
        return digest
    }

    // MARK: Sealed content

    /// What a sealed text belongs to.
    enum Place: Sendable {
        /// The cookie of a state.
        case cookie(state: String)
        /// What was parked under a state.
        case parked(state: String)
        /// A ticket for a provider.
        case ticket(ProviderName)
        /// The same of Supabase's API.
        case supabaseTicket(ProviderName)

        fileprivate var context: [UInt8] {
            switch self {
            case .cookie(let state): ProviderFlowSecrets.label("provider cookie") + Array(state.utf8)
            case .parked(let state): ProviderFlowSecrets.label("provider callback") + Array(state.utf8)
            case .ticket(let name): ProviderFlowSecrets.label("provider ticket") + Array(name.text.utf8)
            case .supabaseTicket(let name):
                ProviderFlowSecrets.label("supabase provider ticket") + Array(name.text.utf8)
            }
        }
    }

    /// Encrypts a content for its place.
    func seal(_ content: [UInt8], for place: Place, random: some RandomSource) -> [UInt8] {
        sealer.seal(SecretBytes(content), context: place.context, random: random).bytes
    }

    /// The content of what was sealed for this place; `nil` for everything else.
    func open(_ sealed: [UInt8], for place: Place) -> [UInt8]? {
        guard let box = try? SealedBox(bytes: sealed), let content = try? sealer.open(box, context: place.context)
        else {
            return nil
        }
        return content.withUnsafeBytes { Array($0) }
    }

    /// The same for a text in base64url, of at most `longest` octets.
    func open(text: String, for place: Place, longest: Int = 4_096) -> [UInt8]? {
        guard text.utf8.count <= longest, let sealed = Base64URL.decode(text) else { return nil }
        return open(sealed, for: place)
    }

    static func label(_ name: StaticString) -> [UInt8] {
        Array(name.description.utf8) + [0]
    }
}
