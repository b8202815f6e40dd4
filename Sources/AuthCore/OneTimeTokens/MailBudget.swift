// SPDX-License-Identifier: Apache-2.0

/// Who asks for a mail: what a stranger uses up is not taken from those who are known.
///
/// The raw value is stored.
public enum MailStanding: String, Hashable, Sendable, CaseIterable {
    /// A client that has shown nothing of the user's.
    case stranger
    /// A client with a live session or a known device of the user, or after the right password.
    case known
}

/// How many mails of one purpose go to one user's address, for clients of one standing.
///
/// A budget refills evenly. A request beyond it gets the usual answer and sends no mail; ``MailDecision`` says what becomes of
/// the links in the mailbox.
public struct MailBudget: Hashable, Sendable {
    /// How many mails in an hour and in a day.
    public struct Rule: Hashable, Sendable {
        /// The limit of an hour.
        public let hourly: TokenBucket.Rule
        /// The limit of a day.
        public let daily: TokenBucket.Rule

        /// Allows so many at once, regained evenly within an hour and a day; each at least 1.
        public init(perHour: Int, perDay: Int) {
            hourly = TokenBucket.Rule(perHour, per: .seconds(3_600))
            daily = TokenBucket.Rule(perDay, per: .seconds(86_400))
        }

        /// Takes the limits of an hour and a day as they are.
        public init(hourly: TokenBucket.Rule, daily: TokenBucket.Rule) {
            self.hourly = hourly
            self.daily = daily
        }

        /// Three in an hour, ten in a day.
        public static let standard = Rule(perHour: 3, perDay: 10)
    }

    /// What was taken of the hour.
    public private(set) var hourly: TokenBucket
    /// What was taken of the day.
    public private(set) var daily: TokenBucket

    /// A budget of which nothing was taken.
    public init() {
        (hourly, daily) = (TokenBucket(), TokenBucket())
    }

    /// A budget as stored: when each of its buckets will be full again.
    public init(hourlyFullAt: Timestamp, dailyFullAt: Timestamp) {
        (hourly, daily) = (TokenBucket(fullAt: hourlyFullAt), TokenBucket(fullAt: dailyFullAt))
    }

    /// Whether nothing of it is taken, so that it may be forgotten.
    public func isFull(at now: Timestamp) -> Bool {
        hourly.isFull(at: now) && daily.isFull(at: now)
    }

    /// Takes one mail.
    ///
    /// - Returns: When the next one will be admitted; `nil`, and nothing is taken, where this one is not.
    public mutating func take(at now: Timestamp, under rule: Rule) -> Timestamp? {
        var taken = self
        guard case .admitted = taken.hourly.take(at: now, under: rule.hourly),
            case .admitted = taken.daily.take(at: now, under: rule.daily)
        else { return nil }
        self = taken
        return max(Self.next(after: taken.hourly, rule.hourly, now), Self.next(after: taken.daily, rule.daily, now))
    }

    private static func next(after bucket: TokenBucket, _ rule: TokenBucket.Rule, _ now: Timestamp) -> Timestamp {
        var trial = bucket
        return switch trial.take(at: now, under: rule) {
        case .admitted: now
        case .refused(let wait): now + wait
        }
    }
}

/// How many requested mails an installation sends in 24 hours.
public struct MailDayLimit: Hashable, Sendable {
    /// The limit.
    public let mails: Int64

    /// Sets a limit; at least 4.
    public init(_ mails: Int64) {
        self.mails = max(mails, 4)
    }

    /// Decides whether one more is sent.
    ///
    /// Half of the limit is kept for recipients who had none for a day and for known clients, and of that half one half for
    /// known clients alone: neither a flood to one address nor one to many uses up what users need.
    public func admits(after sent: Int64, standing: MailStanding, isFirstOfDay: Bool) -> Bool {
        switch (standing, isFirstOfDay) {
        case (.known, _): sent < mails
        case (.stranger, true): sent < mails - mails / 4
        case (.stranger, false): sent < mails / 2
        }
    }
}

/// The terms under which a token may be mailed.
public struct MailTerms: Hashable, Sendable {
    /// Who asks.
    public let standing: MailStanding
    /// The budget of the recipient; `nil` where none applies.
    public let rule: MailBudget.Rule?
    /// Whether the installation's budget admits a mail to a recipient who had some within the day.
    public let admitsAgain: Bool
    /// Whether it admits a mail to a recipient who had none.
    public let admitsFirst: Bool

    /// Describes terms.
    public init(
        _ standing: MailStanding, rule: MailBudget.Rule?, admitsAgain: Bool = true, admitsFirst: Bool = true
    ) {
        self.standing = standing
        self.rule = rule
        self.admitsAgain = admitsAgain
        self.admitsFirst = admitsFirst
    }

    /// For administrators, and where no stranger can have asked.
    public static let unlimited = MailTerms(.known, rule: nil)
}

/// What becomes of a request for a mail.
public enum MailDecision: Hashable, Sendable {
    /// The mail is sent, its link expires then, and this is left of the budget.
    case mail(expiresAt: Timestamp, MailBudget)
    /// No mail is sent; the newest link in the mailbox, where there is one, is valid until then.
    case extend(OneTimeToken?, until: Timestamp)

    /// A link that is extended again and again lives no longer than this.
    public static let longestLife = Duration.seconds(86_400)

    /// Decides on the locked state of the user to whom the mail would go.
    ///
    /// The last mail of a budget has a link that is valid until the budget has room for another one, so that the mailbox always
    /// holds a link that works, even after strangers have used the budget up.
    ///
    /// - Parameters:
    ///   - token: The token that the mail would carry.
    ///   - others: The stored tokens of the same user, purpose and address.
    ///   - budget: The budget of the same user, purpose and standing.
    ///   - terms: The terms of the request.
    ///   - now: The instant of the operation.
    /// - Returns: Whether the mail is sent, and until when a link is valid.
    public static func decide(
        _ token: OneTimeToken, beside others: [OneTimeToken], budget: MailBudget, under terms: MailTerms,
        at now: Timestamp
    ) -> MailDecision {
        guard let rule = terms.rule else { return .mail(expiresAt: token.expiresAt, budget) }
        let isAdmitted = budget.daily.isFull(at: now) ? terms.admitsFirst : terms.admitsAgain
        var left = budget
        if isAdmitted, let next = left.take(at: now, under: rule) {
            let latest = max(token.expiresAt, now + longestLife)
            return .mail(expiresAt: min(max(token.expiresAt, next), latest), left)
        }
        let newest = others.filter { now < $0.expiresAt }.max { $0.createdAt < $1.createdAt }
        guard let newest else { return .extend(nil, until: now) }
        let lifetime = token.expiresAt - token.createdAt
        let until = min(now + lifetime, max(newest.expiresAt, newest.createdAt + longestLife))
        return .extend(newest, until: max(newest.expiresAt, until))
    }
}
