// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthSystem
import Glibc

/// The file with the last signed head of the audit log: one line, as the log has it.
///
/// It is replaced as a whole, so that a crash leaves the former line or the new one. Reading and writing happen on a
/// thread of their own, because a disk may take long.
struct AuditHeadFile: AuditHeadKeeping {
    let path: String

    /// More than a line can have.
    private static let maximumBytes = 1_024

    func load() async throws(AuditHeadKeepingError) -> AuditCheckpoint? {
        try await Self.onThread { read() }.get()
    }

    func keep(_ checkpoint: AuditCheckpoint) async throws(AuditHeadKeepingError) {
        try await Self.onThread { write(CheckpointLine.text(of: checkpoint)) }.get()
    }

    private func read() -> Result<AuditCheckpoint?, AuditHeadKeepingError> {
        switch FileContents.read(path, maximumBytes: Self.maximumBytes) {
        case .failure(let failure) where failure.code == ENOENT:
            return .success(nil)
        case .failure(let failure):
            return .failure(
                AuditHeadKeepingError("AUDIT_HEAD_FILE \(path) cannot be read: \(FileContents.reason(failure.code))."))
        case .success(let bytes):
            guard let text = String(validating: bytes, as: UTF8.self), bytes.count <= Self.maximumBytes,
                let checkpoint = CheckpointLine.checkpoint(in: text)
            else {
                return .failure(
                    AuditHeadKeepingError(
                        "AUDIT_HEAD_FILE \(path) does not hold an audit checkpoint: put one from the log into it, or "
                            + "remove it if no log has one."))
            }
            return .success(checkpoint)
        }
    }

    /// Writes another file and moves it to the name, both of which survive a crash of the machine afterwards.
    private func write(_ text: String) -> Result<Void, AuditHeadKeepingError> {
        let temporary = path + ".new"
        // A file that a crash has left.
        _ = unlink(temporary)
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { return .failure(failure(errno)) }
        let bytes = Array((text + "\n").utf8)
        var code: CInt = 0
        if Glibc.write(file, bytes, bytes.count) != bytes.count || fsync(file) != 0 { code = errno == 0 ? EIO : errno }
        close(file)
        if code == 0, rename(temporary, path) != 0 { code = errno }
        guard code == 0 else {
            _ = unlink(temporary)
            return .failure(failure(code))
        }
        FileContents.syncFolder(of: path)
        return .success(())
    }

    private func failure(_ code: CInt) -> AuditHeadKeepingError {
        AuditHeadKeepingError(Self.unwritable(path, code))
    }

    /// The sentence about a file that cannot be written.
    static func unwritable(_ path: String, _ code: CInt) -> String {
        "AUDIT_HEAD_FILE \(path) cannot be written: \(FileContents.reason(code)); name a file in a folder that the user of "
            + "authd may write, or `off`."
    }

    /// Where the system has no thread to spare, the caller's does it.
    private static func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            do {
                try SystemThread.detached("audit-head") { continuation.resume(returning: body()) }
            } catch {
                continuation.resume(returning: body())
            }
        }
    }
}

extension DaemonConfiguration {
    /// The keeper of the last signed head; `nil` where the settings turn it off.
    var auditHeads: (any AuditHeadKeeping)? { auditHeadFile.map(AuditHeadFile.init) }
}
