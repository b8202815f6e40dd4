// SPDX-License-Identifier: Apache-2.0

import AuthCore
import CLibCurl

extension SMTPConfiguration {
    /// The server, as libcurl is told it.
    ///
    /// The path is what the client calls itself in EHLO: the sender's domain, which is a full name where a machine's
    /// own name often is not.
    var serverURL: String {
        let scheme = security == .implicitTLS ? "smtps" : "smtp"
        let address = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        let client = from.asciiDomain
        return "\(scheme)://\(address):\(port)/\(Self.isHost(client) ? client : "localhost")"
    }

    /// A connection to the server with TLS and sign-in as configured, for what is then said over it.
    func session(timeout: Duration) -> CurlTransfer {
        var transfer = CurlTransfer(protocols: "smtp,smtps", timeout: timeout)
        transfer.maximumBody = 16 * 1024
        transfer.numbers.append((CURLOPT_USE_SSL, tlsLevel))
        if let file = certificateAuthorities {
            transfer.texts.append((CURLOPT_CAINFO, file))
        }
        if let credentials {
            transfer.texts.append((CURLOPT_USERNAME, credentials.user))
            transfer.texts.append((CURLOPT_PASSWORD, credentials.password))
            // Nothing that reads tickets or hashes of this machine (GSSAPI, NTLM): the password goes over TLS.
            transfer.texts.append((CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN"))
        }
        return transfer
    }

    private var tlsLevel: Int {
        switch security {
        case .startTLS, .implicitTLS: Int(CURLUSESSL_ALL.rawValue)
        case .opportunistic: Int(CURLUSESSL_TRY.rawValue)
        case .none: Int(CURLUSESSL_NONE.rawValue)
        }
    }
}
