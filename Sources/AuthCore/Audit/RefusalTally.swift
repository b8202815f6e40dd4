// SPDX-License-Identifier: Apache-2.0

/// Keeps rejections, which cost an attacker nothing, from filling the audit log.
///
/// The first rejections of a source within a minute are written at once, one event each. Further ones are counted in
/// memory, equal ones together, and become one event with a count when the minute is over. Where one source, one
/// network or all of them together cause too many different ones, those are counted by network, then for all sources
/// together: detail is lost, never the number.
///
/// Whether an event is written at once depends on its source alone, never on whether its target exists: otherwise the
/// time of writing would allow user enumeration.
///
/// Bounded in memory, and in rows: of one source at most ``eventsPerSource`` + ``countsPerSource`` a minute, of one
/// network ``eventsPerNetwork`` + ``countsPerNetwork``, in all ``eventsInAll`` + ``countsInAll``, each and one more for
/// every action and reason.
public struct RefusalTally: Sendable {
    /// How many rejections of one source are written at once, each minute.
    public static let eventsPerSource = 5
    /// How many rejections of one network are written at once, each minute.
    public static let eventsPerNetwork = 20
    /// How many rejections are written at once, each minute.
    public static let eventsInAll: Int = 200
    /// How many different rejections of one source are counted apart.
    public static let countsPerSource = 4
    /// How many different rejections of one network are counted apart.
    public static let countsPerNetwork = 16
    /// How many different rejections are counted apart.
    public static let countsInAll: Int = 600

    /// Equal rejections of one minute.
    public struct Counted: Sendable {
        fileprivate let key: Key
        /// The first of them in full, with the number of all.
        public fileprivate(set) var event: AuditEvent
    }

    fileprivate struct Key: Hashable, Sendable {
        /// `nil` where the rejections of several minutes are counted together.
        let minute: Int64?
        let action: AuditAction
        let refusal: String?
        let actor: UserID?
        let target: UserID?
        let sessionID: SessionID?
        /// The source or the network as octets; `nil` for all sources together.
        let source: [UInt8]?
    }

    private struct Row: Sendable {
        var event: AuditEvent
        /// The source or network whose share the row counts against.
        var source: [UInt8]?
        var network: [UInt8]?
    }

    private var counted: [Key: Row] = [:]
    private var countsOfSource: [[UInt8]: Int] = [:]
    private var countsOfNetwork: [[UInt8]: Int] = [:]
    private var minute = Int64.min
    private var eventsOfSource: [[UInt8]: Int] = [:]
    private var eventsOfNetwork: [[UInt8]: Int] = [:]
    private var events = 0

    /// An empty tally.
    public init() {}

    /// Takes in a rejection.
    ///
    /// - Returns: Whether the event is to be written now; otherwise it has been counted.
    public mutating func note(_ event: AuditEvent, from context: OperationContext) -> Bool {
        begin(Self.minute(of: event.at))
        let source = Self.octets(context.sourceGroup)
        let network = Self.octets(context.sourceNetwork)
        let isAdmitted =
            events < Self.eventsInAll
            && source.map { eventsOfSource[$0, default: 0] < Self.eventsPerSource } ?? true
            && network.map { eventsOfNetwork[$0, default: 0] < Self.eventsPerNetwork } ?? true
        guard isAdmitted else {
            count(event, from: context)
            return false
        }
        events += 1
        if let source { eventsOfSource[source, default: 0] += 1 }
        if let network { eventsOfNetwork[network, default: 0] += 1 }
        return true
    }

    /// Counts a rejection without asking for it to be written now.
    public mutating func count(_ event: AuditEvent, from context: OperationContext) {
        let source = Self.octets(context.sourceGroup)
        let network = Self.octets(context.sourceNetwork)
        let exact = Key(
            minute: Self.minute(of: event.at), action: event.action, refusal: event.refusal, actor: event.actor,
            target: event.target, sessionID: event.sessionID, source: source)
        if add(event.count, to: exact) { return }
        if counted.count < Self.countsInAll,
            source.map({ countsOfSource[$0, default: 0] < Self.countsPerSource }) ?? true,
            network.map({ countsOfNetwork[$0, default: 0] < Self.countsPerNetwork }) ?? true
        {
            counted[exact] = Row(event: event, source: source, network: network)
            if let source { countsOfSource[source, default: 0] += 1 }
            if let network { countsOfNetwork[network, default: 0] += 1 }
            return
        }
        if let network {
            let key = Key(
                minute: exact.minute, action: event.action, refusal: event.refusal, actor: nil, target: nil,
                sessionID: nil, source: network)
            if add(event.count, to: key) { return }
            if counted.count < Self.countsInAll {
                counted[key] = Row(event: event.aggregated(of: context.sourceNetwork))
                return
            }
        }
        countForAll(event)
    }

    /// Takes what was counted in the minutes that are over at `now`, or everything; in the order of time.
    public mutating func take(endedAt now: Timestamp?) -> [Counted] {
        let present = now.map(Self.minute)
        var taken: [Counted] = []
        for (key, row) in counted {
            // A minute that lies ahead is one of a clock that was set back.
            if let present, Self.minute(of: row.event.at) == present { continue }
            taken.append(Counted(key: key, event: row.event))
        }
        for entry in taken {
            guard let row = counted.removeValue(forKey: entry.key) else { continue }
            if let source = row.source { Self.release(source, in: &countsOfSource) }
            if let network = row.network { Self.release(network, in: &countsOfNetwork) }
        }
        return taken.sorted { $0.event.at < $1.event.at }
    }

    private static func release(_ holder: [UInt8], in counts: inout [[UInt8]: Int]) {
        let left = counts[holder, default: 0] - 1
        counts[holder] = left > 0 ? left : nil
    }

    /// Takes back rows that could not be written.
    public mutating func putBack(_ batch: [Counted]) {
        for entry in batch where !add(entry.event.count, to: entry.key) {
            if counted.count < Self.countsInAll {
                counted[entry.key] = Row(event: entry.event)
            } else {
                countForAll(entry.event)
            }
        }
    }

    /// How many different rejections are being counted.
    public var countedCount: Int { counted.count }

    /// Of these keys there are only as many as pairs of an action and a reason.
    private mutating func countForAll(_ event: AuditEvent) {
        let key = Key(
            minute: nil, action: event.action, refusal: event.refusal, actor: nil, target: nil, sessionID: nil,
            source: nil)
        if !add(event.count, to: key) { counted[key] = Row(event: event.aggregated(of: nil)) }
    }

    private mutating func add(_ number: Int64, to key: Key) -> Bool {
        guard let event = counted[key]?.event else { return false }
        counted[key]?.event = event.repeated(number)
        return true
    }

    /// Starts a new minute; requests that began just before it do not bring the old one back.
    private mutating func begin(_ present: Int64) {
        guard present > minute || present < minute &- 5 else { return }
        minute = present
        eventsOfSource = [:]
        eventsOfNetwork = [:]
        events = 0
    }

    private static func minute(of instant: Timestamp) -> Int64 { instant.microseconds / 60_000_000 }

    private static func octets(_ text: String?) -> [UInt8]? {
        text.map { Array($0.utf8.prefix(64)) }
    }
}

extension AuditEvent {
    /// The event that stands for this one and `number` equal ones.
    fileprivate func repeated(_ number: Int64) -> AuditEvent {
        let (sum, overflow) = count.addingReportingOverflow(number)
        return counting(overflow ? .max : sum)
    }

    /// Without the values that distinguish rejections of one kind.
    fileprivate func aggregated(of source: String?) -> AuditEvent {
        AuditEvent(
            at: at, action: action, refusal: refusal, actor: nil, target: nil, sessionID: nil, source: source,
            userAgent: nil, requestID: nil, count: count)
    }

    private func counting(_ count: Int64) -> AuditEvent {
        AuditEvent(
            at: at, action: action, refusal: refusal, actor: actor, target: target, sessionID: sessionID,
            source: source, userAgent: userAgent, requestID: requestID, count: count)
    }
}
