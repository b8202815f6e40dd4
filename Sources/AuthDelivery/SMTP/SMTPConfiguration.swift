// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Where mail is handed over, and as whom.
public struct SMTPConfiguration: Sendable {
    /// A name or address; an IPv6 address without brackets.
    public let host: String
    /// 1–65535.
    public let port: Int
    /// Who to sign in as; `nil` does not sign in.
    public let credentials: SMTPCredentials?
    /// How the connection is protected.
    public let security: SMTPSecurity
    /// The sender of every message, in its header and its envelope.
    public let from: EmailAddress
    /// The sender's display name.
    public let fromName: String?
    /// The bound on handing over one message: name lookup, connection, handshakes and all.
    ///
    /// A server that takes longer to answer a message may have taken it, and is sent it again.
    public var timeout: Duration = .seconds(30)
    /// How long a message may wait for its turn.
    public var queueTimeout: Duration = .seconds(60)
    /// How many messages may wait.
    public var queueCapacity = 256
    /// How many messages are handed over at once, each on a connection of its own.
    public var connections = 2
    /// A PEM file of authorities to trust instead of the system's.
    public var certificateAuthorities: String?

    /// Checks the settings against each other.
    ///
    /// `security: nil` takes ``SMTPSecurity/usual(host:port:)``, raised to STARTTLS when there are credentials and the
    /// host is not loopback.
    ///
    /// - Throws: `.malformedHost`, `.malformedPort`, `.malformedCredentials`, or `.credentialsWithoutTLS` when they
    ///   could cross a network in the clear.
    public init(
        host: String, port: Int, credentials: SMTPCredentials? = nil, security: SMTPSecurity? = nil,
        from: EmailAddress, fromName: String? = nil
    ) throws(SMTPConfigurationError) {
        guard Self.isHost(host) else { throw .malformedHost }
        guard (1...65_535).contains(port) else { throw .malformedPort }
        guard credentials?.isUsable != false else { throw .malformedCredentials }
        let isLoopback = LoopbackHost.contains(host)
        let mustHideCredentials = credentials != nil && !isLoopback
        let usual = SMTPSecurity.usual(host: host, port: port)
        switch security ?? (mustHideCredentials && usual == .opportunistic ? .startTLS : usual) {
        case .startTLS: self.security = .startTLS
        case .implicitTLS: self.security = .implicitTLS
        case .opportunistic:
            guard !mustHideCredentials else { throw .credentialsWithoutTLS }
            self.security = .opportunistic
        case .none:
            guard !mustHideCredentials else { throw .credentialsWithoutTLS }
            self.security = .none
        }
        self.host = host
        self.port = port
        self.credentials = credentials
        self.from = from
        self.fromName = fromName
    }

    /// Whether a text is a name or an address and nothing else.
    static func isHost(_ host: String) -> Bool {
        guard !host.isEmpty, host.utf8.count <= 253 else { return false }
        let isAddress = host.utf8.contains(UInt8(ascii: ":"))
        return host.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."):
                true
            case UInt8(ascii: "-"), UInt8(ascii: "_"): !isAddress
            case UInt8(ascii: ":"): isAddress
            default: false
            }
        }
    }
}

/// Why settings for a mail server make no sense.
@nonexhaustive
public enum SMTPConfigurationError: Error, Hashable, Sendable {
    /// The host is empty or holds something that is neither a name nor an address.
    case malformedHost
    /// The port is outside 1–65535.
    case malformedPort
    /// The user is empty, or the user or password holds a NUL or a line end.
    case malformedCredentials
    /// A password would cross a network without TLS.
    case credentialsWithoutTLS
}
