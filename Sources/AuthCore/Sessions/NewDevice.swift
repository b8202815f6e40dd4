// SPDX-License-Identifier: Apache-2.0

/// Where a sign-in comes from, as far as that tells one device of a user from another: the network and the family of the
/// user agent.
///
/// It is no identification: many devices share a place. A user who signs in from a place for the first time in
/// ``NewDevice/memory`` has a reason to look.
public struct SignInPlace: Hashable, Sendable {
    /// The network: the /24 of an IPv4 address, the /48 of an IPv6 address.
    public let network: String
    /// The family of the user agent, such as `Firefox on Windows`: always one of a closed list.
    public let device: String

    /// Describes where an operation comes from.
    ///
    /// `source` is the client's address as text, and `sourceNetwork` the /48 of an IPv6 address as text, `nil` for
    /// IPv4. The result is `nil` if there is no `sourceNetwork` and `source` is not an IPv4 address.
    ///
    /// Linear in the length of the user agent.
    public init?(source: String?, sourceNetwork: String?, userAgent: String?) {
        guard let network = sourceNetwork ?? source.flatMap(Self.ipv4Network) else { return nil }
        self.network = network
        device = UserAgentFamily(userAgent ?? "").description
    }

    /// What tells places apart, without ambiguity.
    public var octets: [UInt8] { Array(network.utf8) + [0] + Array(device.utf8) }

    private static func ipv4Network(_ address: String) -> String? {
        let parts = address.utf8.split(separator: UInt8(ascii: "."), maxSplits: 4, omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var numbers: [UInt8] = []
        for part in parts {
            guard let number = String(part).flatMap({ UInt8($0) }) else { return nil }
            numbers.append(number)
        }
        return "\(numbers[0]).\(numbers[1]).\(numbers[2]).0/24"
    }
}

/// A place from which a user has signed in, as it is stored.
public struct RememberedPlace: Hashable, Sendable {
    /// A keyed digest of the ``SignInPlace``: no network and no user agent can be read from it.
    public let digest: [UInt8]
    /// The last completed sign-in from there.
    public var seenAt: Timestamp
    /// When the user was last told of a sign-in from there, if ever.
    public var noticedAt: Timestamp?

    /// Describes a place.
    public init(digest: [UInt8], seenAt: Timestamp, noticedAt: Timestamp? = nil) {
        self.digest = digest
        self.seenAt = seenAt
        self.noticedAt = noticedAt
    }
}

/// Decides whether a completed sign-in comes from a new device, and what to remember of it.
public enum NewDevice {
    /// How long a place is remembered after the last sign-in from there.
    public static let memory = Duration.seconds(90 * 86_400)
    /// How many places of one user are remembered.
    public static let placesPerUser = 50
    /// A user is told of one place at most once in this time.
    public static let interval = Duration.seconds(86_400)
    /// A user who has set a password within this time expects to sign in from a new place, and is not told.
    public static let quietAfterPassword = Duration.seconds(3_600)

    /// What becomes of a sign-in.
    public struct Decision: Hashable, Sendable {
        /// Whether the device is new to the user.
        public let isNew: Bool
        /// The place to store, if it changes.
        public let remembered: RememberedPlace?
        /// The digests of places to remove.
        public let forgotten: [[UInt8]]
    }

    /// Decides on the places that are stored for the user, under the lock on the user.
    ///
    /// `digests` are those of the place, under the current key first and then under earlier ones: a place that was
    /// stored under an earlier key is recognized and stored again under the current one. `isExpected` says that there
    /// is another reason not to count the device as new.
    ///
    /// Places of which the user was told within ``interval`` are not evicted: otherwise a sign-in from a fifty-first
    /// place would make an earlier one new again on the same day. If all fifty are of that kind, nothing further is
    /// told or remembered.
    public static func decide(
        _ digests: [[UInt8]], isExpected: Bool, stored: [RememberedPlace], at now: Timestamp
    ) -> Decision {
        let own = stored.first { digests.contains($0.digest) }
        guard let digest = digests.first else { return Decision(isNew: false, remembered: nil, forgotten: []) }
        let wasToldToday = own?.noticedAt.map { now - $0 < interval } ?? false
        let isNew = !isExpected && !wasToldToday && own.map { now - $0.seenAt >= memory } ?? true
        // Once a day is often enough for what is remembered for months.
        if let own, !isNew, own.digest == digest, now - own.seenAt < interval {
            return Decision(isNew: false, remembered: nil, forgotten: [])
        }
        var forgotten: [[UInt8]] = []
        if let own {
            if own.digest != digest { forgotten = [own.digest] }
        } else if stored.count >= placesPerUser {
            let evictable = stored.filter { place in place.noticedAt.map { now - $0 >= interval } ?? true }
            guard let oldest = evictable.min(by: { $0.seenAt < $1.seenAt }) else {
                return Decision(isNew: false, remembered: nil, forgotten: [])
            }
            forgotten = [oldest.digest]
        }
        return Decision(
            isNew: isNew,
            remembered: RememberedPlace(digest: digest, seenAt: now, noticedAt: isNew ? now : own?.noticedAt),
            forgotten: forgotten)
    }
}

/// The browser and the system that a `User-Agent` names, each from a closed list.
struct UserAgentFamily: CustomStringConvertible {
    let browser: String?
    let system: String?

    /// Looks for the names that browsers and systems give themselves; the first that is found counts, so that names which
    /// others claim too come last.
    init(_ text: String) {
        let octets = text.utf8.prefix(1_024)
        func first(of names: [(mark: String, name: String)]) -> String? {
            names.first { octets.contains($0.mark.utf8) }?.name
        }
        browser = first(of: [
            ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"),
            ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
            ("curl/", "curl"), ("python", "Python"), ("okhttp", "an Android app"), ("CFNetwork", "an Apple app"),
        ])
        system = first(of: [
            ("Windows", "Windows"), ("iPhone", "iOS"), ("iPad", "iOS"), ("Android", "Android"), ("CrOS", "ChromeOS"),
            ("Macintosh", "macOS"), ("Linux", "Linux"),
        ])
    }

    var description: String {
        switch (browser, system) {
        case (let browser?, let system?): "\(browser) on \(system)"
        case (let browser?, nil): browser
        case (nil, let system?): "an unknown browser on \(system)"
        case (nil, nil): "an unknown device"
        }
    }
}
