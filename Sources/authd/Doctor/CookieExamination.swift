// SPDX-License-Identifier: Apache-2.0

import AuthHTTP

/// Whether browsers get and send the cookies of cookie mode.
enum CookieExamination {
    /// What the settings mean to pages in browsers.
    static func findings(_ http: HTTPConfiguration) -> [DoctorFinding] {
        guard let url = http.publicURL.flatMap(WebAddress.init), url.isSecure else {
            return [
                DoctorFinding(
                    http.isDevelopment ? .ok : .warning, "cookies",
                    "PUBLIC_URL is not https, so that browsers of this machine alone get cookies; others are answered "
                        + "cookie_mode_unavailable until PUBLIC_URL is the proxy's https address.")
            ]
        }
        var findings: [DoctorFinding] = []
        for origin in http.allowedOrigins.sorted() {
            guard let page = WebAddress(origin) else { continue }
            if !page.isSecure {
                findings.append(
                    DoctorFinding(
                        .warning, "cookies",
                        "ALLOWED_ORIGINS has \(origin), whose pages come in the clear: an attacker on the network can change them; "
                            + "serve them by https, or take the origin out."))
            } else if isOtherSite(page.host, url.host) {
                findings.append(
                    DoctorFinding(
                        .warning, "cookies",
                        "ALLOWED_ORIGINS has \(origin), which is another site than PUBLIC_URL: browsers send cookies with none of "
                            + "its requests; use tokens there, or serve both under one domain."))
            }
        }
        guard findings.isEmpty else { return findings }
        let origins = 1 + http.allowedOrigins.count { WebAddress($0) != nil }
        let pages = Counted.things(Int64(origins), "origin", "origins")
        return [
            DoctorFinding(
                .ok, "cookies", "Browsers get `__Host-` cookies over https, and pages of \(pages) may use them.")
        ]
    }

    /// Whether two hosts cannot be of one site: the last two names of each differ.
    ///
    /// Which names a registry gives out is not known here, so hosts of two customers of one registry may pass.
    static func isOtherSite(_ first: String, _ second: String) -> Bool {
        func end(_ host: String) -> [String] {
            let isAddress = host.hasPrefix("[") || host.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E }
            return isAddress ? [host] : host.lowercased().split(separator: ".").suffix(2).map(String.init)
        }
        return end(first) != end(second)
    }
}
