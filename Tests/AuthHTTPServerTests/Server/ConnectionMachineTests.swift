// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTP1
import Testing

@testable import AuthHTTPServer

@Suite("Connection machine") struct ConnectionMachineTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    /// A connection that was just established.
    private func connected() -> ConnectionMachine {
        var machine = ConnectionMachine(ServerConfiguration())
        machine.connected(at: start)
        return machine
    }

    /// A connection on which a task answers a request, whose client may have sent more.
    private func responding(cancelsOnDisconnect: Bool = false) -> ConnectionMachine {
        var machine = connected()
        _ = machine.admitted(deferred(get, cancelsOnDisconnect: cancelsOnDisconnect), at: start)
        _ = machine.ended(at: start)
        return machine
    }

    /// A connection whose first request was answered from memory.
    private func answered() -> ConnectionMachine {
        var machine = connected()
        _ = machine.received(.head(head()))
        _ = machine.answered(get, at: start)
        _ = machine.received(.end(nil))
        _ = machine.ended(at: start)
        _ = machine.readCompleted(at: start)
        return machine
    }

    private var get: RequestFraming { framing([]) }
    private var post: RequestFraming { framing([("Content-Length", "3")]) }

    private func framing(_ fields: [(String, String)]) -> RequestFraming {
        do throws(TransportFailure) {
            return try RequestFraming(head(fields), maximumBodyBytes: 65_536)
        } catch {
            preconditionFailure("the head of a test is a request: \(error)")
        }
    }

    private func head(_ fields: [(String, String)] = []) -> HTTPRequestHead {
        HTTPRequestHead(
            version: .http1_1, method: .POST, uri: "/", headers: HTTPHeaders([("Host", "a")] + fields))
    }

    private func deferred(
        _ framing: RequestFraming, cancelsOnDisconnect: Bool = false, ignoresBody: Bool = false
    ) -> DeferredRequest {
        DeferredRequest(framing: framing, cancelsOnDisconnect: cancelsOnDisconnect, ignoresBody: ignoresBody)
    }

    private func answer(_ persistence: ReplyWriter.Persistence, then: ConnectionActions = []) -> ConnectionAnswer {
        ConnectionAnswer(persistence: persistence, then: then)
    }

    private func octets(_ count: Int) -> ByteBuffer { ByteBuffer(repeating: 0x61, count: count) }

    // MARK: Requests

    @Test("a request that memory answers leaves the connection waiting for the next one")
    func fromMemory() {
        var connection = connected()

        #expect(connection.received(.head(head())) == .process)
        #expect(connection.awaitsHead)
        #expect(connection.answered(get, at: start) == answer(.keepAlive))
        #expect(connection.received(.end(nil)) == .process)
        #expect(connection.ended(at: start + .seconds(1)) == [])
        #expect(connection.readCompleted(at: start) == [.flush])
        #expect(connection.waitingSince == start + .seconds(1))
        #expect(connection.wantsToRead() == true)
    }

    @Test("a request that a task answers is given to it with its whole body")
    func inTask() {
        var connection = connected()

        #expect(connection.admitted(deferred(post), at: start) == [])
        #expect(connection.body(ByteBuffer(string: "ab"), at: start) == [])
        #expect(connection.body(ByteBuffer(string: "c"), at: start) == [])
        #expect(connection.ended(at: start) == [.flush, .respond])
        #expect(connection.takeBody() == Array("abc".utf8))
        #expect(connection.isResponding)
        #expect(connection.replied(at: start + .seconds(5)) == answer(.keepAlive))
        #expect(connection.caughtUp(at: start) == [.flush])
        #expect(connection.waitingSince == start + .seconds(5))
        #expect(connection.takeBody() == [])
    }

    @Test("pipelined requests wait for the one in flight, and reading goes on after the last of them")
    func pipelining() {
        var connection = responding()

        #expect(connection.wantsToRead() == false)
        #expect(connection.received(.head(head())) == .wait)
        #expect(connection.received(.end(nil)) == .wait)
        #expect(connection.next() == nil)
        #expect(connection.caughtUp(at: start) == [.flush])

        #expect(connection.replied(at: start) == answer(.keepAlive))
        #expect(connection.waitingSince == nil)
        #expect(connection.next() == .head(head()))
        #expect(connection.answered(get, at: start) == answer(.keepAlive))
        #expect(connection.next() == .end(nil))
        #expect(connection.ended(at: start) == [])
        #expect(connection.next() == nil)
        #expect(connection.caughtUp(at: start) == [.flush, .read])
        #expect(connection.wantsToRead() == true)
    }

    @Test("a client that asks for 100-continue gets it where the body is wanted, and an end where it is not")
    func expectations() {
        let expecting = framing([("Content-Length", "3"), ("Expect", "100-continue")])
        var wanted = connected()
        #expect(wanted.admitted(deferred(expecting), at: start) == [.askForBody])

        var answered = connected()
        #expect(answered.answered(expecting, at: start) == answer(.close, then: [.finish]))

        var ignored = connected()
        #expect(ignored.admitted(deferred(expecting, ignoresBody: true), at: start) == [.flush, .respond])
    }

    @Test("a client that wants the connection to end gets its reply and the end")
    func lastRequest() {
        let last = framing([("Connection", "close")])
        var memory = connected()
        #expect(memory.answered(last, at: start) == answer(.close))
        #expect(memory.ended(at: start) == [.finish])
        #expect(memory.written(true, at: start) == [.close])

        var task = connected()
        _ = task.admitted(deferred(last), at: start)
        _ = task.ended(at: start)
        #expect(task.replied(at: start) == answer(.close, then: [.finish]))
    }

    // MARK: Bodies that are too much

    @Test("a body over the limit is refused, by its declared length or when it has come too far")
    func tooLargeBodies() {
        let declared = framing([("Content-Length", "65537")])
        var first = connected()
        #expect(first.admitted(deferred(declared), at: start) == [.refuse(.bodyTooLarge), .finish])

        var answered = connected()
        #expect(answered.answered(declared, at: start) == answer(.close, then: [.finish]))

        var chunked = connected()
        _ = chunked.admitted(deferred(framing([("Transfer-Encoding", "chunked")])), at: start)
        #expect(chunked.body(octets(65_536), at: start) == [])
        #expect(chunked.body(octets(1), at: start) == [.refuse(.bodyTooLarge), .finish])
    }

    @Test("a body that is ignored ends the connection with the reply, however long it is said to be")
    func ignoredBodies() {
        var connection = connected()

        let long = framing([("Content-Length", "9000000000")])
        #expect(connection.admitted(deferred(long, ignoresBody: true), at: start) == [.flush, .respond])
        #expect(connection.received(.body(octets(9))) == .wait)
        #expect(connection.takeBody() == [])
        #expect(connection.replied(at: start) == answer(.close, then: [.finish]))
        #expect(connection.written(true, at: start) == [.closeOutput])

        var without = connected()
        #expect(without.admitted(deferred(get, ignoresBody: true), at: start) == [])
        #expect(without.ended(at: start) == [.flush, .respond])
        #expect(without.replied(at: start) == answer(.keepAlive))
    }

    @Test("a body that comes after its reply is discarded up to the limit, and is no next request")
    func discardedBodies() {
        var connection = connected()
        _ = connection.answered(framing([("Transfer-Encoding", "chunked")]), at: start)

        #expect(!connection.awaitsHead)
        #expect(connection.body(octets(65_536), at: start) == [])
        #expect(connection.body(octets(1), at: start) == [.finish])
        #expect(connection.written(true, at: start) == [.closeOutput])
    }

    @Test("a client that sends a whole series ahead is cut off beyond a bound")
    func requestsAhead() {
        var connection = responding()
        var count = 0
        while connection.received(.head(head())) == .wait, count < 10_000 { count += 1 }

        #expect(count > 500 && count * 256 <= ConnectionBounds.queue)
        #expect(connection.aborted() == [.close])
        #expect(connection.received(.head(head())) == .wait)
        #expect(connection.next() == nil)
        #expect(connection.replied(at: start) == nil)
    }

    // MARK: What is no HTTP

    @Test("bytes that are no HTTP are refused, after the replies to what came before them")
    func malformed() {
        var idle = answered()
        #expect(idle.failed(.malformed, at: start) == [.refuse(.malformed), .finish])
        #expect(idle.failed(.malformed, at: start) == [])

        var busy = responding()
        #expect(busy.failed(.malformed, at: start) == [])
        #expect(busy.caughtUp(at: start) == [.flush])
        #expect(busy.replied(at: start) == answer(.keepAlive))
        #expect(busy.caughtUp(at: start) == [.refuse(.malformed), .finish])
    }

    @Test("bytes that are no HTTP are not refused any more once the last reply is under way")
    func malformedTooLate() {
        var connection = answered()
        connection.writabilityChanged(to: false, at: start)

        #expect(connection.failed(.malformed, at: start) == [])
        #expect(connection.drained(at: start) == [.finish])
        connection.writabilityChanged(to: true, at: start)
        #expect(connection.caughtUp(at: start) == [.flush])
    }

    // MARK: Lingering

    @Test("after a rejection the client has two seconds to read it, and further data is discarded")
    func lingering() {
        func refused() -> ConnectionMachine {
            var connection = connected()
            #expect(connection.refused(.malformed, at: start) == [.refuse(.malformed), .finish])
            #expect(connection.received(.head(head())) == .wait)
            #expect(connection.written(true, at: start) == [.closeOutput])
            #expect(connection.received(.body(octets(3))) == .wait)
            #expect(connection.next() == nil)
            return connection
        }

        var patient = refused()
        #expect(patient.passed(start + .milliseconds(1_999)) == [])
        #expect(patient.passed(start + .seconds(2)) == [.close])
        var gone = refused()
        #expect(gone.inputClosed(at: start) == [.close])
    }

    @Test("a refusal that cannot be written, or that a client gets who sends nothing more, ends the connection at once")
    func nothingToLingerFor() {
        var unwritten = connected()
        _ = unwritten.refused(.malformed, at: start)
        #expect(unwritten.written(false, at: start) == [.close])

        var closed = connected()
        _ = closed.refused(.malformed, at: start)
        #expect(closed.inputClosed(at: start) == [])
        #expect(closed.written(true, at: start) == [.close])
    }

    @Test("a connection that ends reads on what it had put off, so that its peer is not stuck in sending")
    func suspendedReading() {
        var connection = answered()
        connection.writabilityChanged(to: false, at: start)

        #expect(connection.wantsToRead() == false)
        #expect(connection.refused(.headTooLarge, at: start) == [.refuse(.headTooLarge), .finish, .read])
    }
}

extension ConnectionMachineTests {
    // MARK: Time

    @Test("half a head has its time from its first byte, and further bytes do not move it")
    func halfHead() {
        var connection = answered()

        #expect(connection.readCompleted(at: start + .seconds(60)) == [.flush])
        #expect(connection.waitingSince == nil)
        #expect(connection.readCompleted(at: start + .seconds(69)) == [.flush])
        #expect(connection.passed(start + .milliseconds(69_999)) == [])
        #expect(connection.passed(start + .seconds(70)) == [.refuse(.timeout), .finish])
    }

    @Test("a connection that says nothing is closed without a word, sooner before its first request than after it")
    func idle() {
        var silent = connected()
        #expect(silent.passed(start + .milliseconds(9_999)) == [])
        #expect(silent.passed(start + .seconds(10)) == [.close])

        var idle = answered()
        #expect(idle.passed(start + .milliseconds(74_999)) == [])
        #expect(idle.passed(start + .seconds(75)) == [.close])
    }

    @Test("a body has its time from the end of the head, and a task takes as long as it takes")
    func slowBody() {
        var slow = connected()
        _ = slow.admitted(deferred(post), at: start)
        _ = slow.body(octets(1), at: start + .seconds(20))
        #expect(slow.passed(start + .milliseconds(29_999)) == [])
        #expect(slow.passed(start + .seconds(30)) == [.refuse(.timeout), .finish])

        var discarded = connected()
        _ = discarded.answered(post, at: start)
        #expect(discarded.passed(start + .seconds(30)) == [.close])

        var busy = responding()
        #expect(busy.passed(start + .hours(24)) == [])
    }

    // MARK: A peer that does not read

    @Test("a peer that does not read its replies is not read from, and is cut off after the time for writing")
    func slowReader() {
        var connection = answered()
        connection.writabilityChanged(to: false, at: start)

        #expect(connection.wantsToRead() == false)
        #expect(connection.received(.head(head())) == .wait)
        #expect(connection.next() == nil)
        #expect(connection.caughtUp(at: start) == [.flush])
        #expect(connection.passed(start + .milliseconds(29_999)) == [])
        #expect(connection.passed(start + .seconds(30)) == [.close])
    }

    @Test("a peer that reads again gets the replies that it asked for meanwhile, and its time for a next request anew")
    func readsAgain() {
        var connection = answered()
        connection.writabilityChanged(to: false, at: start)
        _ = connection.wantsToRead()
        _ = connection.received(.head(head()))
        _ = connection.received(.end(nil))

        connection.writabilityChanged(to: true, at: start + .seconds(20))
        #expect(connection.next() == .head(head()))
        #expect(connection.answered(get, at: start + .seconds(20)) == answer(.keepAlive))
        #expect(connection.next() == .end(nil))
        #expect(connection.ended(at: start + .seconds(20)) == [])
        #expect(connection.next() == nil)
        #expect(connection.caughtUp(at: start) == [.flush, .read])
        #expect(connection.passed(start + .milliseconds(94_999)) == [])
        #expect(connection.passed(start + .seconds(95)) == [.close])

        var idle = answered()
        idle.writabilityChanged(to: false, at: start)
        idle.writabilityChanged(to: true, at: start + .seconds(20))
        #expect(idle.passed(start + .seconds(94)) == [])
        #expect(idle.passed(start + .seconds(95)) == [.close])
    }

    // MARK: A client that is gone

    @Test("a client that closes its half between requests, or within one, gets what was written and the end")
    func hangsUp() {
        var idle = answered()
        #expect(idle.inputClosed(at: start) == [.finish])
        #expect(idle.written(true, at: start) == [.close])

        var receiving = connected()
        _ = receiving.admitted(deferred(post), at: start)
        #expect(receiving.inputClosed(at: start) == [.finish])
    }

    @Test("a client that closes its half while its request is in flight is answered, and then the connection ends")
    func hangsUpInFlight() {
        var connection = responding()

        #expect(connection.inputClosed(at: start) == [])
        #expect(connection.replied(at: start) == answer(.keepAlive))
        #expect(connection.caughtUp(at: start) == [.finish])
        #expect(connection.written(true, at: start) == [.close])
    }

    @Test("work that only waits is cancelled when its client sends nothing more, also where it begins later")
    func abandonedWork() {
        var waiting = responding(cancelsOnDisconnect: true)
        _ = waiting.received(.head(head()))
        _ = waiting.received(.end(nil))

        #expect(waiting.inputClosed(at: start) == [.cancel])
        #expect(waiting.replied(at: start) == answer(.keepAlive))
        #expect(waiting.next() == .head(head()))
        #expect(waiting.admitted(deferred(get, cancelsOnDisconnect: true), at: start) == [])
        #expect(waiting.next() == .end(nil))
        #expect(waiting.ended(at: start) == [.flush, .respond, .cancel])
        #expect(waiting.replied(at: start) == answer(.keepAlive))
        #expect(waiting.caughtUp(at: start) == [.finish])
    }

    @Test("a connection that is lost cancels the work that only waits, and a reply that comes later is dropped")
    func lost() {
        var waiting = responding(cancelsOnDisconnect: true)
        #expect(waiting.disconnected() == [.cancel])
        #expect(waiting.replied(at: start) == nil)

        var writing = responding()
        #expect(writing.disconnected() == [])
        #expect(writing.replied(at: start) == nil)
    }

    // MARK: The server

    @Test("draining ends what waits for a request, without lingering where nothing was answered that could be lost")
    func drainsWaiting() {
        var idle = answered()
        #expect(idle.drained(at: start) == [.finish])
        #expect(idle.written(true, at: start) == [.close])

        var secondHead = answered()
        _ = secondHead.readCompleted(at: start)
        #expect(secondHead.drained(at: start) == [.finish])
        #expect(secondHead.written(true, at: start) == [.closeOutput])

        var firstHead = connected()
        _ = firstHead.readCompleted(at: start)
        #expect(firstHead.drained(at: start) == [.finish])
        #expect(firstHead.written(true, at: start) == [.close])
    }

    @Test("draining lets the request in flight be answered as the last one")
    func drainsBusy() {
        var task = responding()
        #expect(task.drained(at: start) == [])
        #expect(task.replied(at: start) == answer(.close, then: [.finish]))

        var body = connected()
        _ = body.admitted(deferred(post), at: start)
        #expect(body.drained(at: start) == [])
        #expect(body.ended(at: start) == [.flush, .respond])
        #expect(body.replied(at: start) == answer(.close, then: [.finish]))

        var memory = connected()
        _ = memory.answered(get, at: start)
        #expect(memory.drained(at: start) == [])
        #expect(memory.ended(at: start) == [.finish])
    }

    @Test("a connection makes room for others only while it waits for the first byte of a request")
    func givesWay() {
        var idle = answered()
        #expect(idle.gaveWay(at: start) == [.finish])

        var halfHead = connected()
        _ = halfHead.readCompleted(at: start)
        #expect(halfHead.gaveWay(at: start) == [])

        var busy = responding()
        #expect(busy.gaveWay(at: start) == [])
    }

    @Test("actions that are absent leave no gap among those that are there")
    func actionLists() {
        #expect(Array(ConnectionActions(nil, .flush, nil)) == [.flush])
        #expect(Array(ConnectionActions(nil, .flush, .read)) == [.flush, .read])
        #expect(Array(ConnectionActions(.flush, nil, .read)) == [.flush, .read])
        #expect(Array(ConnectionActions(nil, nil, .read)) == [.read])
        #expect(Array(ConnectionActions(nil, nil, nil)).isEmpty)
        #expect(Array(ConnectionActions(.flush, .respond, .cancel)) == [.flush, .respond, .cancel])
    }
}

extension ConnectionActions: ExpressibleByArrayLiteral {
    init(arrayLiteral actions: ConnectionAction...) {
        self.init(actions.first, actions.dropFirst().first, actions.dropFirst(2).first)
    }
}
