// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization
import Testing

@testable import authd

@Suite("Log queue", .timeLimit(.minutes(10)))
struct LogWriterTests {
    private func line(_ number: Int) -> [UInt8] { Array("line \(number)\n".utf8) }

    @Test("takes lines up to its bound, drops the rest, and reports their number before the next line that it takes")
    func queue() {
        var queue = LogQueue(capacity: 21)

        #expect(queue.append(line(1)) == true)
        for number in 2...5 { #expect(queue.append(line(number)) == false) }
        #expect(queue.lost == 2)
        #expect(queue.next() == .init(lost: 2, bytes: line(1) + line(2) + line(3), lines: 3))
        #expect(queue.append(line(6)) == false)
        #expect(queue.next() == .init(lost: 0, bytes: line(6), lines: 1))
        #expect(queue.next() == nil)
        #expect(!queue.isBeingWritten)
        #expect(queue.append(line(7)) == true)
    }

    @Test("gives lines in batches that keep their order, and a long one alone")
    func batches() {
        var queue = LogQueue(capacity: 10 * LogQueue.batchBytes)
        let long = [UInt8](repeating: 0x61, count: LogQueue.batchBytes + 1)
        let lines = [line(1), long, line(2), line(3)]
        for line in lines { _ = queue.append(line) }

        var batches: [[UInt8]] = []
        while let batch = queue.next() { batches.append(batch.bytes) }

        #expect(batches == [line(1), long, line(2) + line(3)])
    }

    @Test("logging never blocks while the reader does not read, and the loss is reported when it reads again")
    func stuckReader() async {
        let gate = DispatchSemaphore(value: 0)
        let (writes, write) = AsyncStream<Void>.makeStream()
        let written = Mutex<[UInt8]>([])
        let writer = LogWriter(
            capacity: 1_000,
            write: { bytes in
                write.yield()
                gate.wait()
                written.withLock { $0 += bytes }
                return true
            }, lossLine: { Array("lost \($0)\n".utf8) })

        writer.append(line(0))
        var begun = writes.makeAsyncIterator()
        await begun.next()
        // None of these could return if it waited for the reader.
        for number in 1..<1_000 { writer.append(line(number)) }
        let lost = writer.lost
        for _ in 0..<1_000 { gate.signal() }
        await writer.flush(within: .seconds(600))

        let text = String(decoding: written.withLock { $0 }, as: UTF8.self)
        let lines = text.split(separator: "\n")
        #expect(lost > 800)
        #expect(lines.contains("line 0"))
        #expect(lines.contains("lost \(lost)"))
        #expect(lines.count + lost == 1_001)
    }

    @Test("lines that cannot be written count as lost, and are reported when writing resumes")
    func refusedWrites() async {
        let isFull = Atomic(true)
        let written = Mutex<[UInt8]>([])
        let writer = LogWriter(
            write: { bytes in
                guard !isFull.load(ordering: .relaxed) else { return false }
                written.withLock { $0 += bytes }
                return true
            }, lossLine: { Array("lost \($0)\n".utf8) })

        writer.append(line(1))
        await writer.flush(within: .seconds(600))
        #expect(writer.lost == 1)
        isFull.store(false, ordering: .relaxed)
        writer.append(line(2))
        await writer.flush(within: .seconds(600))

        #expect(written.withLock { $0 } == Array("lost 1\nline 2\n".utf8))
    }
}
