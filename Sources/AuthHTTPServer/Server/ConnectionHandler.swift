// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import NIOCore
internal import NIOHTTP1

/// One HTTP/1 connection in SwiftNIO: tells its ``ConnectionMachine`` what happens on the channel and performs what the
/// machine answers.
///
/// Replies are collected in one buffer that is written when the parser has consumed what was read, so that a reply is
/// one write, and pipelined replies share one.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let maximumBodyBytes: Int
    private let set: ConnectionSet
    private var context: ChannelHandlerContext?
    private var peer: IPAddress?
    private var machine: ConnectionMachine
    private var output = ReplyBuffer()
    private var task: Task<Void, Never>?
    private var hasStarted = false
    private var isResuming = false
    private var shouldResumeAgain = false
    /// Whether the request that a task answers is a HEAD request.
    private var omitsBody = false
    private let handler: any RequestHandler
    /// The request that is being received or answered.
    private var admitted: AdmittedRequest?

    init(handler: any RequestHandler, configuration: ServerConfiguration, set: ConnectionSet) {
        self.maximumBodyBytes = configuration.maximumBodyBytes
        self.machine = ConnectionMachine(configuration)
        self.handler = handler
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
        machine.connected(at: .now())
        set.insert(self)
        if set.isDraining { drain() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        perform(machine.disconnected())
        set.remove(self)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        if !hasStarted { set.neverActive() }
        set.remove(self)
        self.context = nil
    }

    // MARK: Reading

    func read(context: ChannelHandlerContext) {
        machine.isWritable = context.channel.isWritable
        if machine.wantsToRead() { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        machine.isWritable = context.channel.isWritable
        switch machine.received(part) {
        case .process: process(part)
        case .wait: break
        case .excessive: abort()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        perform(machine.readCompleted(at: .now()))
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        let isWritable = context.channel.isWritable
        machine.writabilityChanged(to: isWritable, at: .now())
        if isWritable { resume() }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { perform(machine.inputClosed(at: .now())) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else { return abort() }
        machine.isWritable = context.channel.isWritable
        perform(machine.failed(TransportFailure(error), at: .now()))
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
            while let part = nextPart() { process(part) }
            perform(machine.caughtUp(at: .now()))
        } while shouldResumeAgain
        isResuming = false
    }

    private func nextPart() -> HTTPServerRequestPart? {
        machine.isWritable = context?.channel.isWritable ?? false
        return machine.next()
    }

    // MARK: Requests

    private func process(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head): admit(head)
        case .body(let bytes): perform(machine.body(bytes, at: .now()))
        case .end: perform(machine.ended(at: .now()))
        }
        // A peer that does not read blocks the connection before replies grow beyond their bound.
        if output.isFull { flush() }
    }

    private func admit(_ head: HTTPRequestHead) {
        guard machine.awaitsHead else { return }
        let framing: RequestFraming
        do throws(TransportFailure) {
            framing = try RequestFraming(head, maximumBodyBytes: maximumBodyBytes)
        } catch {
            return perform(machine.refused(error, at: .now()))
        }
        let request = Request(
            method: RequestMethod(head.method), target: head.uri, headers: head.headers, peer: peer,
            isBodyTooLarge: framing.isBodyTooLarge)
        switch handler.admit(request) {
        case .answered(let reply):
            let answer = machine.answered(framing, at: .now())
            write(reply, answer.persistence, omittingBody: request.method == .head)
            perform(answer.then)
        case .deferred(let admitted):
            self.admitted = admitted
            omitsBody = request.method == .head
            let deferred = DeferredRequest(
                framing: framing, cancelsOnDisconnect: admitted.cancelsOnDisconnect, ignoresBody: admitted.ignoresBody)
            perform(machine.admitted(deferred, at: .now()))
        }
    }

    private func respond() {
        guard let admitted else { return }
        let body = machine.takeBody()
        set.taskStarted()
        let loop = set.eventLoop
        let connection = NIOLoopBound(self, eventLoop: loop)
        let started = Task.immediate {
            let reply = await admitted.respond(body)
            if loop.inEventLoop {
                connection.value.finish(reply)
            } else {
                loop.execute { connection.value.finish(reply) }
            }
        }
        if machine.isResponding { task = started }
    }

    private func finish(_ reply: Reply) {
        task = nil
        admitted = nil
        set.taskFinished()
        guard let answer = machine.replied(at: .now()) else { return }
        write(reply, answer.persistence, omittingBody: omitsBody)
        perform(answer.then)
        resume()
    }

    // MARK: Actions

    private func perform(_ actions: ConnectionActions) {
        for action in actions { perform(action) }
    }

    private func perform(_ action: ConnectionAction) {
        switch action {
        case .read: context?.read()
        case .flush: flush()
        case .askForBody: output.writeContinue()
        case .respond: respond()
        case .cancel: task?.cancel()
        case .refuse(let failure): write(handler.refuse(failure), .close, omittingBody: false)
        case .finish: writeRest()
        case .closeOutput: context?.close(mode: .output, promise: nil)
        case .close:
            task?.cancel()
            task = nil
            context?.close(promise: nil)
        }
    }

    private func write(_ reply: borrowing Reply, _ persistence: ReplyWriter.Persistence, omittingBody: Bool) {
        output.write(reply, date: set.dateLine(), persistence: persistence, omittingBody: omittingBody)
    }

    private func flush() {
        guard !output.isEmpty, let context else { return }
        guard !output.isLarge else {
            return context.writeAndFlush(wrapOutboundOut(output.take()), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(output.bytes), promise: nil)
        output.recycle()
    }

    private func writeRest() {
        guard let context else { return }
        let written = context.eventLoop.makePromise(of: Void.self)
        let connection = NIOLoopBound(self, eventLoop: context.eventLoop)
        written.futureResult.whenComplete { result in
            switch result {
            case .success: connection.value.restWritten(true)
            case .failure: connection.value.restWritten(false)
            }
        }
        context.writeAndFlush(wrapOutboundOut(output.take()), promise: written)
    }

    private func restWritten(_ isWritten: Bool) {
        perform(machine.written(isWritten, at: .now()))
    }
}

extension ConnectionHandler: SweptConnection {
    var waitingSince: NIODeadline? { output.isEmpty ? machine.waitingSince : nil }

    func sweep(at now: NIODeadline) {
        perform(machine.passed(now))
    }

    func drain() {
        perform(machine.drained(at: .now()))
    }

    func giveWay() {
        if waitingSince != nil { perform(machine.gaveWay(at: .now())) }
    }

    func abort() {
        perform(machine.aborted())
    }
}

@available(*, unavailable)
extension ConnectionHandler: Sendable {}
