// SPDX-License-Identifier: Apache-2.0

/// How the connection to a mail server is protected.
///
/// Where TLS is used, the server's certificate is always verified.
@nonexhaustive
public enum SMTPSecurity: Hashable, Sendable {
    /// Plain at first, then TLS; a server that does not offer it gets no mail.
    case startTLS
    /// TLS from the first byte.
    case implicitTLS
    /// TLS if the server offers it.
    ///
    /// - Warning: An attacker on the path can hide the offer and read the tokens.
    case opportunistic
    /// No TLS: for loopback, or a network trusted as much as the process itself.
    case none

    /// What fits a host and a port when nothing is said: port 465 is implicit TLS, a loopback host is plain, port 25
    /// relays opportunistically, anything else must offer STARTTLS.
    public static func usual(host: String, port: Int) -> SMTPSecurity {
        if port == 465 { return .implicitTLS }
        if LoopbackHost.contains(host) { return .none }
        return port == 25 ? .opportunistic : .startTLS
    }
}
