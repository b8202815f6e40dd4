// SPDX-License-Identifier: Apache-2.0

/// Where Supabase's API may send browsers: the pages of the site, and what the operator's list of patterns admits.
///
/// An address is taken apart before it is compared, in the one way in which browsers and libraries agree about it: user names,
/// backslashes, control characters and odd spellings of numbers are refused. Host names count without regard to case,
/// everything else to the octet, and the fragment is not compared.
public struct RedirectAllowList: Hashable, Sendable {
    /// The most patterns.
    public static let maximumCount = 64

    /// Where a browser goes whose target is not admitted.
    public let site: ReturnTarget
    private let origin: Origin
    private let patterns: [RedirectPattern]

    /// Reads the address of the site and a list of patterns.
    ///
    /// The site is an address of `https`, or of `http` on this machine. A pattern is such an address, of `http` on any machine
    /// too, or one of an app, whose scheme has a dot (RFC 8252 §7.1). In it `*` stands for any octets but full stops and
    /// slashes, `**` for any at all, and in path and query `?` for one octet but those two. Neither the scheme nor the last
    /// label of a host has any of these, and a star of the host never reaches beyond it.
    ///
    /// - Throws: `.missing` for no site, `.tooLong` for more than ``maximumCount`` patterns, `.malformed` for anything else
    ///   than the above.
    public init(site: String, globs: [String]) throws(ValidationError) {
        guard !site.isEmpty else { throw ValidationError(.redirectList, .missing) }
        guard let url = WebURL(site), url.isSecure || url.isLoopback else {
            throw ValidationError(.redirectList, .malformed)
        }
        guard globs.count <= Self.maximumCount else {
            throw ValidationError(.redirectList, .tooLong(maximum: Self.maximumCount))
        }
        var patterns: [RedirectPattern] = []
        for glob in globs {
            guard let pattern = RedirectPattern(glob) else { throw ValidationError(.redirectList, .malformed) }
            patterns.append(pattern)
        }
        self.site = ReturnTarget(text: site)
        origin = Origin(url)
        self.patterns = patterns
    }

    /// The target that a client names, if it is a page of the site or a pattern admits it; `nil` for any other, in whose place
    /// the site is taken.
    ///
    /// On this machine a site has every port, and a listed pattern is needed where the site is elsewhere. A target is refused
    /// that brings a parameter along in which clients read answers.
    ///
    /// Cost: a few passes over at most 2,048 octets, and one more for each pattern of the same scheme.
    public func admits(_ text: String) -> ReturnTarget? {
        guard let address = RedirectAddress(text) else { return nil }
        let target = ReturnTarget(text: text)
        guard !target.hasClientAnswer else { return nil }
        if let url = WebURL(text), origin.includes(url) { return target }
        return patterns.contains { $0.matches(address) } ? target : nil
    }

    /// What all pages of the site have in common.
    private struct Origin: Hashable, Sendable {
        private let isSecure: Bool
        private let host: String
        private let port: UInt16
        private let isLoopback: Bool

        init(_ url: WebURL) {
            isSecure = url.isSecure
            host = ASCIICase.lowered(url.host)
            port = url.port ?? (url.isSecure ? 443 : 80)
            isLoopback = url.isLoopback
        }

        func includes(_ url: WebURL) -> Bool {
            let other = Origin(url)
            if isLoopback { return other.isLoopback && (other.isSecure || !isSecure) }
            return other.isSecure == isSecure && other.host.hasSameOctets(as: host) && other.port == port
        }
    }
}
