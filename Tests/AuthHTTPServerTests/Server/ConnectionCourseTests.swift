// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import NIOCore
import NIOHTTP1
import Testing

@testable import AuthHTTPServer

@Suite("Course of a connection") struct ConnectionCourseTests {
    @Test("whatever happens, one request is in flight at a time, and the connection ends once and in the end")
    func anyCourse() throws {
        for seed in UInt64(0)..<400 {
            var generator = SeededGenerator(seed: seed)
            var course = try Course()
            for _ in 0..<200 where !course.isClosed { course.step(&generator) }
            course.runOut()

            #expect(course.faults == [], "seed \(seed)")
            #expect(course.isClosed, "seed \(seed)")
        }
    }
}

/// A machine, and what its actions have led to on a channel.
private struct Course {
    private var machine = ConnectionMachine(ServerConfiguration())
    private var now = NIODeadline.uptimeNanoseconds(1)
    private let framings: [RequestFraming]
    /// Where the client's parser stands: the next part is a head, or one of a body or its end.
    private var isWithinRequest = false
    private var isTaskRunning = false
    private var isWriting = false
    private var hasFinished = false
    private var hasClosedOutput = false
    private var sendsNothingMore = false
    private var isDraining = false
    private(set) var isClosed = false
    private(set) var faults: [String] = []

    init() throws {
        let fields: [[(String, String)]] = [
            [], [("Content-Length", "3")], [("Transfer-Encoding", "chunked")], [("Content-Length", "70000")],
            [("Connection", "close")], [("Content-Length", "3"), ("Expect", "100-continue")],
        ]
        var framings: [RequestFraming] = []
        for fields in fields {
            let head = HTTPRequestHead(
                version: .http1_1, method: .POST, uri: "/", headers: HTTPHeaders([("Host", "a")] + fields))
            framings.append(try RequestFraming(head, maximumBodyBytes: 65_536))
        }
        self.framings = framings
        machine.connected(at: now)
    }

    mutating func step(_ generator: inout SeededGenerator) {
        now = now + .milliseconds(Int64.random(in: 0...2_000, using: &generator))
        switch Int.random(in: 0..<16, using: &generator) {
        case 0...5: receive(&generator)
        case 6, 7: completeTask(&generator)
        case 8: perform(machine.readCompleted(at: now))
        case 9: _ = machine.wantsToRead()
        case 10:
            let isWritable = Bool.random(using: &generator)
            machine.writabilityChanged(to: isWritable, at: now)
            if isWritable { resume(&generator) }
        case 11: completeWrite(Int.random(in: 0..<4, using: &generator) > 0)
        case 12: perform(machine.passed(now))
        case 13: perform(machine.gaveWay(at: now))
        case 14:
            guard !isDraining, Int.random(in: 0..<8, using: &generator) == 0 else { return }
            isDraining = true
            perform(machine.drained(at: now))
        default:
            guard !sendsNothingMore, Int.random(in: 0..<8, using: &generator) == 0 else { return }
            sendsNothingMore = true
            perform(Bool.random(using: &generator) ? machine.inputClosed(at: now) : machine.failed(.malformed, at: now))
        }
    }

    /// Lets what is under way come to its end, and time pass.
    mutating func runOut() {
        var generator = SeededGenerator(seed: 0)
        for _ in 0..<10 where !isClosed {
            machine.writabilityChanged(to: true, at: now)
            resume(&generator)
            completeTask(&generator)
            completeWrite(true)
            now = now + .hours(1)
            perform(machine.passed(now))
        }
    }

    private mutating func receive(_ generator: inout SeededGenerator) {
        guard !sendsNothingMore else { return }
        let part: HTTPServerRequestPart
        if !isWithinRequest {
            part = .head(HTTPRequestHead(version: .http1_1, method: .POST, uri: "/"))
            isWithinRequest = true
        } else if Bool.random(using: &generator) {
            part = .body(ByteBuffer(repeating: 0x61, count: 20_000))
        } else {
            part = .end(nil)
            isWithinRequest = false
        }
        switch machine.received(part) {
        case .process: process(part, &generator)
        case .wait: break
        case .excessive: perform(machine.aborted())
        }
    }

    private mutating func process(_ part: HTTPServerRequestPart, _ generator: inout SeededGenerator) {
        switch part {
        case .head: begin(&generator)
        case .body(let bytes): perform(machine.body(bytes, at: now))
        case .end: perform(machine.ended(at: now))
        }
    }

    private mutating func begin(_ generator: inout SeededGenerator) {
        guard machine.awaitsHead else { return fault("a head within a request") }
        let framing = framings[Int.random(in: 0..<framings.count, using: &generator)]
        switch Int.random(in: 0..<8, using: &generator) {
        case 0:
            perform(machine.refused(.malformed, at: now))
        case 1...3:
            let answer = machine.answered(framing, at: now)
            reply(answer)
        default:
            perform(
                machine.admitted(
                    DeferredRequest(
                        framing: framing, cancelsOnDisconnect: Bool.random(using: &generator),
                        ignoresBody: Bool.random(using: &generator)),
                    at: now))
        }
    }

    private mutating func completeTask(_ generator: inout SeededGenerator) {
        guard isTaskRunning else { return }
        isTaskRunning = false
        if let answer = machine.replied(at: now) { reply(answer) }
        resume(&generator)
    }

    private mutating func resume(_ generator: inout SeededGenerator) {
        while let part = machine.next() { process(part, &generator) }
        perform(machine.caughtUp(at: now))
    }

    private mutating func completeWrite(_ isWritten: Bool) {
        guard isWriting else { return }
        isWriting = false
        perform(machine.written(isWritten, at: now))
    }

    private mutating func reply(_ answer: ConnectionAnswer) {
        if hasFinished { fault("a reply after the last one") }
        if isTaskRunning { fault("a reply out of its turn") }
        perform(answer.then)
    }

    private mutating func perform(_ actions: ConnectionActions) {
        for action in actions {
            switch action {
            case .read, .flush, .askForBody: break
            case .respond:
                if isTaskRunning { fault("two requests in flight") }
                isTaskRunning = true
            case .cancel:
                if !isTaskRunning { fault("nothing to cancel") }
            case .refuse:
                if isTaskRunning { fault("a refusal out of its turn") }
                if hasFinished { fault("a refusal after the last reply") }
            case .finish:
                if hasFinished { fault("two ends") }
                hasFinished = true
                isWriting = true
            case .closeOutput:
                if !hasFinished || hasClosedOutput { fault("output closed out of its turn") }
                hasClosedOutput = true
            case .close:
                isClosed = true
            }
        }
    }

    private mutating func fault(_ text: String) {
        faults.append(text)
    }
}
