// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOHTTP1

/// The course of one HTTP/1 connection as a pure machine: which request is in flight, what is read meanwhile, what must
/// have happened by when, and how it ends.
///
/// Every event answers with the actions to perform, in order. At most one request is in flight; until it is answered, and
/// as long as the peer does not take its replies, nothing more is read and TCP makes the client wait.
struct ConnectionMachine {
    private let maximumBodyBytes: Int
    private var deadlines: ConnectionDeadlines
    private var phase = ConnectionPhase.waiting(since: .distantPast, hasPartialHead: false)
    private var hasAnswered = false
    private var sawPartsInThisRead = false
    private var isReadSuspended = false
    private var inputIsClosed = false
    private var isDraining = false
    private var parserFailure: TransportFailure?
    private var queue = InputQueue()
    private var keptBody: [UInt8] = []

    /// Whether the peer takes what is written; to be set before anything is read.
    var isWritable = true

    init(_ configuration: ServerConfiguration) {
        deadlines = ConnectionDeadlines(configuration)
        maximumBodyBytes = configuration.maximumBodyBytes
    }

    // MARK: What it is doing

    var awaitsHead: Bool { phase.awaitsHead }
    var isResponding: Bool { phase.isResponding }

    /// Since when it has waited for the first byte of a request; `nil` while it does anything else.
    var waitingSince: NIODeadline? { queue.isEmpty ? phase.waitingSince : nil }

    private var isBlocked: Bool { phase.isResponding || !isWritable }

    // MARK: Reading

    /// The connection is established.
    mutating func connected(at now: NIODeadline) {
        phase = .waiting(since: now, hasPartialHead: false)
        deadlines.expect(.head, from: now)
    }

    /// Something would be read; `false` puts it off until there is a `read` among the actions.
    mutating func wantsToRead() -> Bool {
        if isBlocked { isReadSuspended = true }
        return !isBlocked
    }

    /// A part was read.
    mutating func received(_ part: HTTPServerRequestPart) -> PartReception {
        sawPartsInThisRead = true
        if phase.isEnding { return .wait }
        guard isBlocked || !queue.isEmpty else { return .process }
        return queue.append(part) ? .wait : .excessive
    }

    /// The next part that was kept, once nothing is in its way any more.
    mutating func next() -> HTTPServerRequestPart? {
        isBlocked ? nil : queue.popFirst()
    }

    /// All parts that could be processed were.
    mutating func caughtUp(at now: @autoclosure () -> NIODeadline) -> ConnectionActions {
        guard !isBlocked, queue.isEmpty else { return ConnectionActions(.flush) }
        if let failure = parserFailure {
            parserFailure = nil
            return refused(failure, at: now())
        }
        if inputIsClosed, phase.awaitsHead { return finish(lingering: false, at: now()) }
        return ConnectionActions(.flush, resumedReading())
    }

    /// One read is over.
    mutating func readCompleted(at now: @autoclosure () -> NIODeadline) -> ConnectionActions {
        if !sawPartsInThisRead, let since = phase.waitingSince {
            phase = .waiting(since: since, hasPartialHead: true)
            deadlines.expect(.head, from: now())
        }
        sawPartsInThisRead = false
        return ConnectionActions(.flush)
    }

    /// The bytes that were read are no HTTP/1.
    mutating func failed(_ failure: TransportFailure, at now: NIODeadline) -> ConnectionActions {
        if phase.isEnding { return ConnectionActions() }
        guard isBlocked || !queue.isEmpty else { return refused(failure, at: now) }
        parserFailure = failure
        return ConnectionActions()
    }

    /// The client will send nothing more, or is gone.
    ///
    /// Work that only waits is given up then: a client that has closed its half alone is answered all the same, earlier than
    /// it asked.
    mutating func inputClosed(at now: NIODeadline) -> ConnectionActions {
        inputIsClosed = true
        switch phase {
        case .waiting, .receiving, .discarding:
            return queue.isEmpty ? finish(lingering: false, at: now) : ConnectionActions()
        case .responding(let request):
            return ConnectionActions(request.cancelsOnDisconnect ? .cancel : nil)
        case .lingering:
            return aborted()
        case .finishing, .closed:
            return ConnectionActions()
        }
    }

    private mutating func resumedReading() -> ConnectionAction? {
        guard isReadSuspended else { return nil }
        isReadSuspended = false
        return .read
    }

    // MARK: Requests

    /// A head that is no request, or a request whose body is too large.
    mutating func refused(_ failure: TransportFailure, at now: NIODeadline) -> ConnectionActions {
        hasAnswered = true
        return finish(lingering: true, at: now, after: .refuse(failure))
    }

    /// A head was answered from memory.
    mutating func answered(_ framing: RequestFraming, at now: @autoclosure () -> NIODeadline) -> ConnectionAnswer {
        hasAnswered = true
        // A client that waits for 100 may or may not send its body now, so the next bytes have two readings; one with too
        // large a body is not waited for.
        guard !framing.expectsContinue, !framing.isBodyTooLarge else {
            return ConnectionAnswer(persistence: .close, then: finish(lingering: true, at: now()))
        }
        if framing.hasBody { deadlines.expect(.body, from: now()) }
        phase = .discarding(framing, remaining: maximumBodyBytes)
        return ConnectionAnswer(persistence: isDraining ? .close : framing.persistence, then: ConnectionActions())
    }

    /// A head was admitted to be answered by a task.
    mutating func admitted(_ request: DeferredRequest, at now: NIODeadline) -> ConnectionActions {
        guard !request.framing.isBodyTooLarge || request.ignoresBody else { return refused(.bodyTooLarge, at: now) }
        if request.leavesBodyUnread { return respond(request) }
        deadlines.expect(.body, from: now)
        phase = .receiving(request)
        return ConnectionActions(request.framing.expectsContinue ? .askForBody : nil)
    }

    /// A piece of a body was read.
    mutating func body(_ bytes: ByteBuffer, at now: @autoclosure () -> NIODeadline) -> ConnectionActions {
        switch phase {
        case .receiving:
            guard keptBody.count + bytes.readableBytes <= maximumBodyBytes else {
                return refused(.bodyTooLarge, at: now())
            }
            keptBody.append(contentsOf: bytes.readableBytesView)
        case .discarding(let framing, let remaining):
            guard bytes.readableBytes <= remaining else { return finish(lingering: true, at: now()) }
            phase = .discarding(framing, remaining: remaining - bytes.readableBytes)
        case .waiting, .responding, .finishing, .lingering, .closed:
            break
        }
        return ConnectionActions()
    }

    /// A request was read to its end.
    mutating func ended(at now: @autoclosure () -> NIODeadline) -> ConnectionActions {
        switch phase {
        case .receiving(let request): respond(request)
        case .discarding(let framing, _): completed(framing, at: now())
        case .waiting, .responding, .finishing, .lingering, .closed: ConnectionActions()
        }
    }

    private mutating func respond(_ request: DeferredRequest) -> ConnectionActions {
        phase = .responding(request)
        deadlines.expectNothing()
        // Of requests that were sent together, the last ones are begun when the client has closed already.
        return ConnectionActions(.flush, .respond, inputIsClosed && request.cancelsOnDisconnect ? .cancel : nil)
    }

    /// The body of the request that a task is to answer.
    mutating func takeBody() -> [UInt8] {
        defer { keptBody = [] }
        return keptBody
    }

    /// The task has made its reply; `nil` where it comes too late.
    mutating func replied(at now: NIODeadline) -> ConnectionAnswer? {
        guard case .responding(let request) = phase else { return nil }
        hasAnswered = true
        if request.leavesBodyUnread {
            return ConnectionAnswer(persistence: .close, then: finish(lingering: true, at: now))
        }
        let persistence = request.framing.persistence
        return ConnectionAnswer(
            persistence: isDraining ? .close : persistence, then: completed(request.framing, at: now))
    }

    /// A request is answered and read to its end.
    private mutating func completed(_ framing: RequestFraming, at now: NIODeadline) -> ConnectionActions {
        guard framing.persistence != .close, !isDraining else { return finish(lingering: false, at: now) }
        phase = .waiting(since: now, hasPartialHead: false)
        deadlines.expect(.request, from: now)
        return ConnectionActions()
    }

    // MARK: Writing and ending

    /// The peer takes what is written again, or no more for the time being; then follows `caughtUp`.
    mutating func writabilityChanged(to isWritable: Bool, at now: NIODeadline) {
        self.isWritable = isWritable
        deadlines.writabilityChanged(to: isWritable, at: now)
        if isWritable, phase.awaitsHead { deadlines.expect(.request, from: now) }
    }

    /// Writes what is left and closes.
    ///
    /// With `lingering`, the peer may still be sending. Closing a socket with unread input resets the connection, and
    /// the peer would lose the reply; so only the output is closed, and input is thrown away until the peer closes too
    /// or two seconds pass.
    private mutating func finish(
        lingering: Bool, at now: NIODeadline, after first: ConnectionAction? = nil
    ) -> ConnectionActions {
        phase = .finishing(lingers: lingering)
        forgetInput()
        deadlines.expect(.write, from: now)
        return ConnectionActions(first, .finish, resumedReading())
    }

    private mutating func forgetInput() {
        queue.removeAll()
        parserFailure = nil
        keptBody = []
    }

    /// The rest was handed to the socket, or could not be.
    mutating func written(_ isWritten: Bool, at now: NIODeadline) -> ConnectionActions {
        guard isWritten, !inputIsClosed, case .finishing(lingers: true) = phase else { return aborted() }
        phase = .lingering
        deadlines.expect(.close, from: now)
        return ConnectionActions(.closeOutput)
    }

    /// The connection is to end without regard for anything in flight.
    mutating func aborted() -> ConnectionActions {
        phase = .closed
        forgetInput()
        return ConnectionActions(.close)
    }

    /// The connection has ended.
    mutating func disconnected() -> ConnectionActions {
        defer { phase = .closed }
        guard case .responding(let request) = phase else { return ConnectionActions() }
        return ConnectionActions(request.cancelsOnDisconnect ? .cancel : nil)
    }

    // MARK: Time and the server

    /// Time has passed.
    mutating func passed(_ now: NIODeadline) -> ConnectionActions {
        if deadlines.isWriteOverdue(at: now) { return aborted() }
        guard deadlines.isOverdue(at: now) else { return ConnectionActions() }
        deadlines.expectNothing()
        switch phase {
        case .waiting(_, true), .receiving: return refused(.timeout, at: now)
        case .waiting, .responding, .discarding, .finishing, .lingering, .closed: return aborted()
        }
    }

    /// The server stops: the request in flight is the last one.
    mutating func drained(at now: NIODeadline) -> ConnectionActions {
        isDraining = true
        // Half a head is no request yet: a client that is told nothing sends it again elsewhere. After a reply the rest of
        // it is let in for a moment, so that the reply is not lost.
        guard case .waiting(_, let hasPartialHead) = phase, queue.isEmpty else { return ConnectionActions() }
        return finish(lingering: hasPartialHead && hasAnswered, at: now)
    }

    /// The server needs room for other connections.
    mutating func gaveWay(at now: NIODeadline) -> ConnectionActions {
        waitingSince == nil ? ConnectionActions() : finish(lingering: false, at: now)
    }
}
