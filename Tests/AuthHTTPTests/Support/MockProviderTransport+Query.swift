// SPDX-License-Identifier: Apache-2.0

import AuthService
import AuthTesting

extension MockProviderTransport {
    /// Lets a person sign in at the address that a browser was sent to.
    ///
    /// - Returns: The query, or the form, with which the browser comes back; providers say more in it than is asked for.
    func query(for url: String, as person: Person = Person()) throws -> String {
        let callback: ProviderCallback = try consent(to: url, as: person)
        var query = "state=\(callback.state)&session_state=more&scope=openid+email"
        if let code = callback.code { query += "&code=\(code)" }
        if let issuer = callback.iss { query += "&iss=\(Self.escaped(issuer))" }
        return query
    }

    /// Every octet as an escape.
    static func escaped(_ text: String) -> String {
        text.utf8.map { "%" + String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
