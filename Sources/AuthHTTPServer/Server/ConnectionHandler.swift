// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOHTTP1

/// One HTTP/1 connection: at most one request in flight, each answered from memory or by a task.
///
/// Replies are collected in one buffer that is written when the parser has consumed what was read, so that a reply is
/// one write, and pipelined replies share one.
final class ConnectionHandler<Handler: RequestHandler>: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        /// No request; the next bytes begin one.
        case waiting
        /// The head is admitted; the body is being read.
        case receiving(RequestFraming, method: RequestMethod?, body: [UInt8])
        /// A task answers the request.
        case responding(RequestFraming, method: RequestMethod?)
        /// The reply is written although the body has not been read to its end.
        case discarding(RequestFraming, remaining: Int)
        /// The last reply is being written, or has been.
        case closing
    }

    private let configuration: ServerConfiguration
    private let set: ConnectionSet
    private var context: ChannelHandlerContext?
    private var peer: IPAddress?

    private var phase = Phase.waiting
    private var deadline = NIODeadline.distantFuture
    /// By when a peer that does not read must have read something; of its own, so that no other step of the connection
    /// moves it.
    private var writeDeadline = NIODeadline.distantFuture
    /// When the phase `waiting` began.
    private var waitingBegan = NIODeadline.distantPast
    private var hasStarted = false
    private var hasAnswered = false
    private var hasPartialHead = false
    private var sawPartsInThisRead = false
    private var inputIsClosed = false
    private var isLingering = false
    private var isReadSuspended = false
    private var parserFailure: TransportFailure?
    private var queue = CircularBuffer<HTTPServerRequestPart>()
    private var queueWeight = 0
    private var isResuming = false
    private var shouldResumeAgain = false
    private var output = ByteBuffer()
    private var task: Task<Void, Never>?
    /// Whether the request that is being answered has a body that nobody reads; the connection ends with it.
    private var leavesBodyUnread = false
    // What the handler's type decides the size of stands last, so that the places of all else are known.
    private let handler: Handler
    /// The admission of the request that is being received or answered.
    private var admission: Handler.Admission?

    init(handler: Handler, configuration: ServerConfiguration, set: ConnectionSet) {
        self.handler = handler
        self.configuration = configuration
        self.set = set
    }

    // MARK: Life of the channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { start(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        start(context)
        context.fireChannelActive()
    }

    private func start(_ context: ChannelHandlerContext) {
        hasStarted = true
        peer = context.remoteAddress?.ipAddress.flatMap { IPAddress($0) }
        waitingBegan = .now()
        setDeadline(configuration.headTimeout)
        set.insert(self)
        if set.isDraining { drain() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        giveUpWaiting()
        phase = .closing
        set.remove(self)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        if !hasStarted { set.neverActive() }
        set.remove(self)
        self.context = nil
    }

    // MARK: Reading

    /// While a request is in flight or the peer does not read, nothing more is read: TCP makes the client wait.
    private var isBlocked: Bool {
        if case .responding = phase { return true }
        return context.map { !$0.channel.isWritable } ?? true
    }

    func read(context: ChannelHandlerContext) {
        if isBlocked {
            isReadSuspended = true
        } else {
            context.read()
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        sawPartsInThisRead = true
        if case .closing = phase { return }
        let part = unwrapInboundIn(data)
        if isBlocked || !queue.isEmpty {
            enqueue(part)
        } else {
            process(part)
            flushWhenLarge()
        }
    }

    /// Keeps what was read while the connection was blocked.
    ///
    /// One read is all there can be, unless the client has closed its half, after which everything is read. A client that
    /// goes too far with it is cut off.
    private func enqueue(_ part: HTTPServerRequestPart) {
        queueWeight += part.weight
        guard queueWeight <= ConnectionBounds.queue else { return abort() }
        queue.append(part)
    }

    private func dequeue() -> HTTPServerRequestPart? {
        guard let part = queue.popFirst() else { return nil }
        queueWeight = queue.isEmpty ? 0 : queueWeight - part.weight
        return part
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if !sawPartsInThisRead, case .waiting = phase, !hasPartialHead {
            hasPartialHead = true
            setDeadline(configuration.headTimeout)
        }
        sawPartsInThisRead = false
        flush()
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            writeDeadline = .distantFuture
            if case .waiting = phase { setDeadline(configuration.idleTimeout) }
            resume()
        } else {
            writeDeadline = .now() + TimeAmount(configuration.writeTimeout)
        }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed {
            inputIsClosed = true
            switch phase {
            case .waiting, .receiving, .discarding: if queue.isEmpty { finishWriting(lingering: false) }
            case .closing: if isLingering { abort() }
            case .responding: giveUpWaiting()
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Cancels the work on a request that only waits, when nobody may be there any more to be answered.
    ///
    /// A client that has closed its half alone is answered all the same, earlier than it asked.
    private func giveUpWaiting() {
        guard case .responding = phase else { return }
        if admission?.cancelsOnDisconnect == true { task?.cancel() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else { return abort() }
        let failure: TransportFailure
        switch error {
        case .headerOverflow: failure = .headTooLarge
        case .invalidVersion: failure = .unsupportedVersion
        default: failure = .malformed
        }
        if case .closing = phase { return }
        if isBlocked || !queue.isEmpty {
            parserFailure = failure
        } else {
            refuse(failure)
        }
    }

    /// Goes on with what was read while the connection was blocked.
    private func resume() {
        // A flush in here may make the channel writable again, which asks for this.
        guard !isResuming else {
            shouldResumeAgain = true
            return
        }
        isResuming = true
        repeat {
            shouldResumeAgain = false
            resumeOnce()
        } while shouldResumeAgain
        isResuming = false
    }

    private func resumeOnce() {
        while !isBlocked, let part = dequeue() {
            process(part)
            flushWhenLarge()
        }
        guard !isBlocked, queue.isEmpty else { return flush() }
        if let failure = parserFailure {
            parserFailure = nil
            refuse(failure)
        } else if inputIsClosed, case .waiting = phase {
            finishWriting(lingering: false)
        }
        flush()
        if isReadSuspended {
            isReadSuspended = false
            context?.read()
        }
    }

    // MARK: Requests

    private func process(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head): begin(head)
        case .body(let bytes): receive(bytes)
        case .end: end()
        }
    }

    private func begin(_ head: HTTPRequestHead) {
        guard case .waiting = phase else { return }
        hasPartialHead = false
        let framing: RequestFraming
        do throws(TransportFailure) {
            framing = try RequestFraming(head, maximumBodyBytes: configuration.maximumBodyBytes)
        } catch {
            return refuse(error)
        }
        let request = Request(
            method: RequestMethod(head.method), target: head.uri, headers: head.headers, peer: peer,
            isBodyTooLarge: framing.isBodyTooLarge)
        switch handler.admit(request) {
        case .answered(let reply): answerEarly(reply, to: request, framing)
        case .deferred(let admission): receive(request, framing, under: admission)
        }
    }

    private func receive(_ request: Request, _ framing: RequestFraming, under admission: Handler.Admission) {
        guard !framing.isBodyTooLarge || admission.ignoresBody else { return refuse(.bodyTooLarge) }
        self.admission = admission
        if framing.hasBody, admission.ignoresBody {
            leavesBodyUnread = true
            return dispatch(framing, method: request.method, body: [])
        }
        if framing.expectsContinue {
            output.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n")
        }
        setDeadline(configuration.bodyTimeout)
        phase = .receiving(framing, method: request.method, body: [])
    }

    private func answerEarly(_ reply: Reply, to request: Request, _ framing: RequestFraming) {
        // A client that waits for 100 may or may not send its body now, so the next bytes have two readings; one with too
        // large a body is not waited for.
        let closes = framing.expectsContinue || framing.isBodyTooLarge
        write(reply, closes ? .close : framing.persistence, method: request.method)
        if closes {
            finishWriting(lingering: true)
        } else {
            if framing.hasBody { setDeadline(configuration.bodyTimeout) }
            phase = .discarding(framing, remaining: configuration.maximumBodyBytes)
        }
    }

    private func receive(_ bytes: ByteBuffer) {
        switch phase {
        case .receiving(let framing, let method, var body):
            // Taken out of the phase so that appending does not copy the body.
            phase = .closing
            guard body.count + bytes.readableBytes <= configuration.maximumBodyBytes else {
                return refuse(.bodyTooLarge)
            }
            body.append(contentsOf: bytes.readableBytesView)
            phase = .receiving(framing, method: method, body: body)
        case .discarding(let framing, let remaining):
            guard bytes.readableBytes <= remaining else { return finishWriting(lingering: true) }
            phase = .discarding(framing, remaining: remaining - bytes.readableBytes)
        case .waiting, .responding, .closing:
            break
        }
    }

    private func end() {
        switch phase {
        case .receiving(let framing, let method, let body): dispatch(framing, method: method, body: body)
        case .discarding(let framing, _): complete(framing)
        case .waiting, .responding, .closing: break
        }
    }

    private func dispatch(_ framing: RequestFraming, method: RequestMethod?, body: [UInt8]) {
        guard let admission else { return }
        phase = .responding(framing, method: method)
        deadline = .distantFuture
        flush()
        set.taskStarted()
        let loop = set.eventLoop
        let connection = NIOLoopBound(self, eventLoop: loop)
        let started = Task.immediate { [handler] in
            let reply = await handler.respond(to: body, under: admission)
            if loop.inEventLoop {
                connection.value.finish(reply)
            } else {
                loop.execute { connection.value.finish(reply) }
            }
        }
        guard case .responding = phase else { return }
        task = started
        // Of requests that were sent together, the last ones are begun when the client has closed already.
        if inputIsClosed { giveUpWaiting() }
    }

    private func finish(_ reply: Reply) {
        task = nil
        set.taskFinished()
        admission = nil
        guard case .responding(let framing, let method) = phase else { return }
        if leavesBodyUnread {
            write(reply, .close, method: method)
            finishWriting(lingering: true)
        } else {
            write(reply, framing.persistence, method: method)
            complete(framing)
        }
        resume()
    }

    /// After a reply and the end of its request.
    private func complete(_ framing: RequestFraming) {
        if framing.persistence == .close || set.isDraining {
            finishWriting(lingering: false)
        } else {
            phase = .waiting
            waitingBegan = .now()
            deadline = waitingBegan + TimeAmount(configuration.idleTimeout)
        }
    }

    // MARK: Writing

    private func write(_ reply: Reply, _ persistence: ReplyWriter.Persistence, method: RequestMethod?) {
        hasAnswered = true
        ReplyWriter.write(
            reply, into: &output, date: set.dateLine(), persistence: set.isDraining ? .close : persistence,
            omittingBody: method == .head)
    }

    private func refuse(_ failure: TransportFailure) {
        write(handler.refuse(failure), .close, method: nil)
        finishWriting(lingering: true)
    }

    /// Hands replies to the socket before they grow beyond their bound; a peer that does not read blocks the connection
    /// then.
    private func flushWhenLarge() {
        if output.readableBytes >= ConnectionBounds.output { flush() }
    }

    private func flush() {
        guard output.readableBytes > 0, let context else { return }
        guard output.readableBytes < ConnectionBounds.unsent / 2 else {
            // So much can make the channel unwritable and writable again within the call, and then more is answered.
            let bytes = output
            output = ByteBuffer()
            return context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(output), promise: nil)
        recycleOutput()
    }

    /// Writes what is left and closes.
    ///
    /// - Parameter lingering: Whether the peer may still be sending. Closing a socket with unread input resets the
    ///   connection, and the peer would lose the reply; so only the output is closed, and input is thrown away until
    ///   the peer closes too or two seconds pass.
    private func finishWriting(lingering: Bool) {
        guard let context else { return }
        phase = .closing
        queue.removeAll()
        queueWeight = 0
        setDeadline(configuration.writeTimeout)
        let written = context.eventLoop.makePromise(of: Void.self)
        let connection = NIOLoopBound(self, eventLoop: context.eventLoop)
        written.futureResult.whenComplete { result in
            switch result {
            case .success where lingering: connection.value.linger()
            case .success, .failure: connection.value.abort()
            }
        }
        let bytes = output
        output = ByteBuffer()
        context.writeAndFlush(wrapOutboundOut(bytes), promise: written)
        if isReadSuspended {
            isReadSuspended = false
            context.read()
        }
    }

    private func linger() {
        guard !inputIsClosed else { return abort() }
        isLingering = true
        setDeadline(.seconds(2))
        context?.close(mode: .output, promise: nil)
    }

    /// Empties the buffer; its memory is used again when the write has completed at once, and given back when large.
    private func recycleOutput() {
        if output.capacity > 16 * 1024 {
            output = ByteBuffer()
        } else {
            output.clear()
        }
    }

    private func setDeadline(_ timeout: Duration) {
        deadline = .now() + TimeAmount(timeout)
    }
}

extension ConnectionHandler: SweptConnection {
    var waitingSince: NIODeadline? {
        guard case .waiting = phase, !hasPartialHead, queue.isEmpty, output.readableBytes == 0 else { return nil }
        return waitingBegan
    }

    func sweep(at now: NIODeadline) {
        guard now < writeDeadline else { return abort() }
        guard now >= deadline else { return }
        deadline = .distantFuture
        switch phase {
        case .waiting where hasPartialHead, .receiving:
            refuse(.timeout)
        case .waiting, .discarding, .closing, .responding:
            abort()
        }
    }

    func drain() {
        switch phase {
        case .waiting where queue.isEmpty:
            // Half a head is no request yet: a client that is told nothing sends it again elsewhere. After a reply the
            // rest of it is let in for a moment, so that the reply is not lost.
            finishWriting(lingering: hasPartialHead && hasAnswered)
        case .waiting, .receiving, .responding, .discarding, .closing: break
        }
    }

    func giveWay() {
        if waitingSince != nil { finishWriting(lingering: false) }
    }

    func abort() {
        task?.cancel()
        task = nil
        phase = .closing
        queue.removeAll()
        queueWeight = 0
        context?.close(promise: nil)
    }
}

@available(*, unavailable)
extension ConnectionHandler: Sendable {}

extension RequestMethod {
    init?(_ method: HTTPMethod) {
        switch method {
        case .GET: self = .get
        case .HEAD: self = .head
        case .POST: self = .post
        case .PUT: self = .put
        case .PATCH: self = .patch
        case .DELETE: self = .delete
        case .OPTIONS: self = .options
        default: return nil
        }
    }
}
