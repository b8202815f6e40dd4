// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthDelivery
import AuthService
import AuthTokens

/// Whether an identity provider answers as the settings say: discovery, issuer, keys and clock.
///
/// Whether client id and secret are right shows only in a sign-in.
struct ProviderExamination: Sendable {
    /// An answer of whatever status.
    struct Document: Sendable {
        let status: Int
        let body: [UInt8]
        /// The `Date` field.
        var date: String?
    }

    /// Fetches a document.
    let fetch: @Sendable (String) async -> Result<Document, FetchError>
    /// The time of this host.
    let now: @Sendable () -> Timestamp

    /// What clocks may differ by, as id tokens are checked.
    private static let tolerance = Duration.seconds(60)

    /// Looks at one provider; the last finding is the address to register there.
    func findings(_ configured: ConfiguredProvider, redirectURI: String) async -> [DoctorFinding] {
        let provider = configured.provider
        var findings: [DoctorFinding]
        if let endpoints = provider.endpoints {
            findings = [DoctorFinding(.ok, "endpoints", "They are built in: \(endpoints.authorization).")]
            if let keys = endpoints.keys {
                findings += await self.keys(at: keys, metadata: nil)
            } else {
                findings.append(await reached(endpoints.token))
            }
        } else {
            findings = await discovered(provider)
        }
        findings.append(
            DoctorFinding(.ok, "redirect URI", "Register it at the provider exactly so: \(redirectURI)"))
        return findings
    }

    private func discovered(_ provider: IdentityProvider) async -> [DoctorFinding] {
        let url = provider.discoveryURL
        let document: Document
        switch await fetch(url) {
        case .failure(let error):
            return [DoctorFinding(.fault, "discovery", "\(url) cannot be fetched: \(Self.words(error)).")]
        case .success(let found): document = found
        }
        guard document.status == 200 else {
            return [
                DoctorFinding(
                    .fault, "discovery",
                    "\(url) answers \(document.status): check the issuer, to which the path of the document is appended."
                )
            ]
        }
        let metadata: ProviderMetadata
        do throws(ProviderFault) {
            metadata = try ProviderMetadata(document.body, expecting: provider.issuer)
        } catch {
            return [DoctorFinding(.fault, "discovery", Self.sentence(error, url, document.body, provider.issuer))]
        }
        var findings = [
            DoctorFinding(
                .ok, "discovery", "\(url) answers, and its issuer is \(Redaction.printable(metadata.issuer)).")
        ]
        findings += await keys(at: metadata.jwksURI, metadata: metadata)
        findings.append(clock(document.date))
        return findings
    }

    private static func sentence(_ fault: ProviderFault, _ url: String, _ body: [UInt8], _ issuer: String) -> String {
        let named = (try? JSONReader.read(body))?.objectValue?["issuer"]?.stringValue
        guard fault == .wrongIssuer, let named else {
            return
                "\(url) is no discovery document that can be used (\(fault.rawValue)): see that its endpoints are https."
        }
        return
            "\(url) has the issuer \(Redaction.printable(named)), and the settings have \(issuer): write it exactly as "
            + "there."
    }

    private func keys(at url: String, metadata: ProviderMetadata?) async -> [DoctorFinding] {
        let shown = Redaction.printable(url)
        let document: Document
        switch await fetch(url) {
        case .failure(let error):
            return [DoctorFinding(.fault, "keys", "\(shown) cannot be fetched: \(Self.words(error)).")]
        case .success(let found): document = found
        }
        guard document.status == 200 else {
            return [
                DoctorFinding(
                    .fault, "keys", "\(shown) answers \(document.status): its operator has to publish the keys.")
            ]
        }
        guard let set = try? JWKSet(document.body), !set.keys.isEmpty else {
            return [
                DoctorFinding(.fault, "keys", "\(shown) has no key that can be used: its operator has to publish one.")
            ]
        }
        let usable = (metadata?.idTokenAlgorithms ?? []).filter { name in
            SignatureAlgorithm(rawValue: name).map { !$0.isSymmetric } ?? false
        }
        var findings = [
            DoctorFinding(
                .ok, "keys", "\(shown) has \(Counted.things(Int64(set.keys.count), "key", "keys")) that can be used.")
        ]
        if let metadata {
            findings.append(
                usable.isEmpty
                    ? DoctorFinding(
                        .fault, "algorithms",
                        "Id tokens are signed with \(Redaction.printable(metadata.idTokenAlgorithms.joined(separator: ", "))), "
                            + "and none of these is accepted: choose one with a public key, such as RS256 or ES256.")
                    : DoctorFinding(
                        .ok, "algorithms",
                        "Of those that are announced, these are accepted: \(usable.joined(separator: ", ")).")
            )
        }
        return findings
    }

    /// Whether a provider without a document that all may read is there at all.
    private func reached(_ url: String) async -> DoctorFinding {
        switch await fetch(url) {
        case .success: DoctorFinding(.ok, "connection", "\(url) answers.")
        case .failure(let error):
            DoctorFinding(.fault, "connection", "\(url) cannot be reached: \(Self.words(error)).")
        }
    }

    private func clock(_ date: String?) -> DoctorFinding {
        guard let date, let time = HTTPDate.time(date) else {
            return DoctorFinding(
                .warning, "clock", "The provider does not say what time it has, so it was not compared.")
        }
        let now = now()
        let gap = time < now ? now - time : time - now
        guard gap > Self.tolerance else { return DoctorFinding(.ok, "clock", "It agrees with the provider's.") }
        let direction = time < now ? "ahead of" : "behind"
        return DoctorFinding(
            .fault, "clock",
            "It is \(gap.components.seconds) seconds \(direction) the provider's, so id tokens are refused: let NTP keep it "
                + "(`timedatectl`).")
    }

    private static func words(_ error: FetchError) -> String {
        error.words(
            refusedURL:
                "authd fetches https addresses alone, at port 443 or the issuer's own, and this machine in development alone",
            refusedAddress: "its address is not public; name its network in FETCH_ALLOWED_NETWORKS",
            tooManyRedirects: "it leads to another address")
    }
}

/// Reads the `Date` field of answers.
enum HTTPDate {
    /// The time in `Sun, 06 Nov 1994 08:49:37 GMT`; `nil` for every other form. - Source: RFC 9110 §5.6.7
    static func time(_ text: String) -> Timestamp? {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let words = text.split(separator: " ").map(String.init)
        guard words.count == 6, words[5] == "GMT", let month = months.firstIndex(of: words[2]) else { return nil }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        return Timestamp(rfc3339: "\(words[3])-\(number)-\(words[1])T\(words[4])Z")
    }
}
