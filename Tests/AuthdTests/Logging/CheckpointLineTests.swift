// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Logging
import Testing

@testable import authd

@Suite("A checkpoint in the log")
struct CheckpointLineTests {
    private static let checkpoint = AuditCheckpoint(
        head: AuditHead(segment: 5, link: AuditLink(sequence: 1_234, digest: [UInt8](0..<32))),
        at: Timestamp(seconds: 1),
        signature: [UInt8](200..<232))

    @Test("the line is read again in either format", arguments: LogFormat.allCases)
    func roundTrip(_ format: LogFormat) throws {
        let metadata = CheckpointLine.metadata(Self.checkpoint).sorted { $0.key < $1.key }
        let bytes = format.line(
            at: Timestamp(seconds: 1), .notice, CheckpointLine.message, logger: "authd",
            metadata: metadata.map { ($0.key, LogValue($0.value)) })
        let line = String(decoding: bytes, as: UTF8.self)

        let read = try #require(CheckpointLine.checkpoint(in: line), "\(line)")

        #expect(line.contains("audit checkpoint"))
        #expect(read.head == Self.checkpoint.head)
        #expect(read.signature == Self.checkpoint.signature)
        if format == .json { #expect(line.contains(#""segment":5,"#) && line.contains(#""sequence":1234"#)) }
    }

    @Test("a JSON line whose numbers are texts is read, too")
    func texts() throws {
        let bytes = LogFormat.json.line(
            at: Timestamp(seconds: 1), .notice, CheckpointLine.message, logger: "authd",
            metadata: CheckpointLine.metadata(Self.checkpoint).map { ($0.key, .text($0.value.description)) })

        let read = try #require(CheckpointLine.checkpoint(in: String(decoding: bytes, as: UTF8.self)))

        #expect(read.head == Self.checkpoint.head)
    }

    @Test(
        "anything else is not one",
        arguments: [
            "", "{", "{}", "audit checkpoint", "segment=1 sequence=1 digest=AA", "sequence=1 digest=AA signature=AA",
            "segment=1 sequence=-1 digest=AA signature=AA", "segment=1 sequence=1 digest=A signature=AA",
            "segment=0 sequence=1 digest=AA signature=AA",
            "segment=1 sequence=x digest=AA signature=AA",
            #"{"metadata":{"segment":"1","sequence":"1","digest":"AA"}}"#,
        ])
    func refusal(_ line: String) {
        #expect(CheckpointLine.checkpoint(in: line) == nil)
    }

    @Test("a file's line is read again")
    func text() throws {
        let read = try #require(CheckpointLine.checkpoint(in: CheckpointLine.text(of: Self.checkpoint) + "\n"))

        #expect(read.head == Self.checkpoint.head)
        #expect(read.signature == Self.checkpoint.signature)
    }
}
