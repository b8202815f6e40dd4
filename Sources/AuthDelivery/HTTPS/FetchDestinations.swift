// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Where a fetcher may connect to.
///
/// The URL is checked before a fetch, and again at each redirect. The address is checked when the socket is opened, so that it
/// is the address that is connected to: no spelling of an address in the URL, no second answer of a name server and no change
/// between check and connection leads elsewhere.
public struct FetchDestinations: Hashable, Sendable {
    /// What holds for an address that no setting names.
    private enum Addresses: Hashable {
        case all
        case globalUnicast
    }

    private let addresses: Addresses
    /// Further networks, where they are of private use (RFC 1918, RFC 4193), a carrier's shared space or loopback.
    ///
    /// What else is set aside stays closed, whatever stands here: link-local addresses, the services of clouds that hand out
    /// credentials, multicast.
    public var allowedNetworks: [IPNetwork] = []
    /// Hosts that may be fetched from over `http` as well, as URLs write them, in lower case.
    public var plainHosts: Set<String> = []
    /// Further ports than the scheme's own.
    public var allowedPorts: Set<Int> = []
    /// Whether URLs whose host is `localhost`, in 127.0.0.0/8 or `[::1]` lead to this machine, over `http` too and at all
    /// ports; for development and tests.
    public var allowsLoopback = false

    private init(_ addresses: Addresses) {
        self.addresses = addresses
    }

    /// `https` at port 443 to hosts of the public Internet: for URLs that a user, a client or another server chose.
    public static let publicInternet = FetchDestinations(.globalUnicast)

    /// `https` to every address and port, and to this machine over `http` too: for URLs that the operator or the developer
    /// wrote, whose hosts may well be inside.
    public static let anyAddress = {
        var destinations = FetchDestinations(.all)
        destinations.allowsLoopback = true
        return destinations
    }()

    /// Whether a URL may be fetched, before its host is looked up.
    func permits(_ url: CurlURL) -> Bool {
        guard !url.hasCredentials, let scheme = url.scheme, let host = url.host, let port = url.port else {
            return false
        }
        if allowsLoopback, LoopbackHost.contains(host) { return scheme == "https" || scheme == "http" }
        let isOwnPort: Bool
        switch scheme {
        case "https": isOwnPort = port == 443
        case "http" where plainHosts.contains(ASCIICase.lowered(host)): isOwnPort = port == 80
        default: return false
        }
        return isOwnPort || addresses == .all || allowedPorts.contains(port)
    }

    /// Whether a URL's host may be connected to at an address.
    func permits(_ address: IPAddress, for host: String) -> Bool {
        let purpose = address.purpose
        if purpose == .loopback, allowsLoopback, LoopbackHost.contains(host) { return true }
        switch addresses {
        case .all: return true
        case .globalUnicast:
            return purpose == .globalUnicast
                || purpose.canBeOpened && allowedNetworks.contains { $0.contains(address.reached) }
        }
    }
}
