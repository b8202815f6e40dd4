// SPDX-License-Identifier: Apache-2.0

import AuthService
import CLibCurl

/// What a look at a mail server found wrong, with a diagnostic that holds no secret.
@nonexhaustive
public enum SMTPServerFault: Error, Hashable, Sendable {
    /// The host's name has no address.
    case unknownHost(diagnostic: String)
    /// No connection to the port.
    case unreachable(diagnostic: String)
    /// A connection, and no answer in time: as from a port where TLS is expected first, or later.
    case silent(diagnostic: String)
    /// TLS is not offered or does not come about.
    case tls(diagnostic: String)
    /// The certificate is not one that is trusted for the host, or the file of authorities cannot be read.
    case certificate(diagnostic: String)
    /// User and password are refused, or there is no sign-in.
    case signIn(diagnostic: String)
    /// The server answers in another way than a mail server that serves.
    case refused(diagnostic: String)
    /// The look was not made: the mailer is closed or busy.
    case notTried

    /// What the fault says of the settings, for the operator.
    public var diagnostic: String {
        switch self {
        case .unknownHost(let text), .unreachable(let text), .silent(let text), .tls(let text), .certificate(let text),
            .signIn(let text), .refused(let text):
            text
        case .notTried: "the mailer is busy or closed"
        }
    }

    /// `nil` where the server let the client in.
    init?(_ outcome: CurlOutcome, secrets: [String]) {
        guard let error = SMTPVerdict(outcome, secrets: secrets).error else { return nil }
        let words: String
        switch error {
        case .rejected(let diagnostic), .postponed(let diagnostic), .unavailable(let diagnostic),
            .clientRefused(let diagnostic), .unconfirmed(let diagnostic):
            words = diagnostic
        case .notConfigured, .overloaded, .cancelled:
            self = .notTried
            return
        @unknown default:
            self = .notTried
            return
        }
        switch outcome.code {
        case CURLE_COULDNT_RESOLVE_HOST: self = .unknownHost(diagnostic: words)
        case CURLE_COULDNT_CONNECT: self = .unreachable(diagnostic: words)
        case CURLE_OPERATION_TIMEDOUT: self = .silent(diagnostic: words)
        case CURLE_SSL_CONNECT_ERROR, CURLE_USE_SSL_FAILED: self = .tls(diagnostic: words)
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE: self = .certificate(diagnostic: words)
        case CURLE_LOGIN_DENIED: self = .signIn(diagnostic: words)
        default: self = .refused(diagnostic: words)
        }
    }
}
