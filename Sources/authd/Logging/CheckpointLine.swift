// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Logging

/// A checkpoint of the audit log as a line of the daemon's log, in either format, and of a file.
enum CheckpointLine {
    static let message = "audit checkpoint"

    static func metadata(_ checkpoint: AuditCheckpoint) -> Logger.Metadata {
        [
            "segment": .stringConvertible(checkpoint.head.segment),
            "sequence": .stringConvertible(checkpoint.head.link.sequence),
            "digest": "\(Base64URL.encode(checkpoint.head.link.digest))",
            "signature": "\(Base64URL.encode(checkpoint.signature))",
        ]
    }

    /// The line without a time, as a file has it.
    static func text(of checkpoint: AuditCheckpoint) -> String {
        let fields = metadata(checkpoint).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return ([message] + fields).joined(separator: " ")
    }

    /// Reads what ``metadata(_:)`` became; `nil` where something is missing.
    ///
    /// The time is not read.
    static func checkpoint(in line: String) -> AuditCheckpoint? {
        let fields = line.utf8.first == UInt8(ascii: "{") ? fields(ofJSON: line) : fields(ofText: line)
        guard let segment = fields["segment"].flatMap({ Int64($0) }), segment > 0,
            let sequence = fields["sequence"].flatMap({ Int64($0) }), sequence >= 0,
            let digest = fields["digest"].flatMap({ Base64URL.decode($0.utf8) }),
            let signature = fields["signature"].flatMap({ Base64URL.decode($0.utf8) })
        else { return nil }
        return AuditCheckpoint(
            head: AuditHead(segment: segment, link: AuditLink(sequence: sequence, digest: digest)),
            at: Timestamp(microseconds: 0), signature: signature)
    }

    private static func fields(ofText line: String) -> [String: String] {
        var fields: [String: String] = [:]
        for word in line.split(whereSeparator: \.isWhitespace) {
            let parts = word.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { fields[String(parts[0])] = String(parts[1]) }
        }
        return fields
    }

    private static func fields(ofJSON line: String) -> [String: String] {
        guard let metadata = (try? JSONReader.read(Array(line.utf8)))?.objectValue?["metadata"]?.objectValue else {
            return [:]
        }
        var fields: [String: String] = [:]
        for name in ["segment", "sequence", "digest", "signature"] {
            fields[name] = metadata[name]?.stringValue ?? metadata[name]?.int64Value.map { "\($0)" }
        }
        return fields
    }
}
