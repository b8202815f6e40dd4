// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Glibc

/// A real mail server on a port of this machine, which tells of each message that it takes.
struct MailServer: Sendable {
    /// A message: to whom, and about what.
    struct Letter: Hashable, Sendable {
        let recipient: String
        let subject: String
    }

    private let process: ChildProcess

    /// Starts it and waits until it listens.
    init(port: UInt16, in directory: TemporaryDirectory) async throws {
        let program = """
            import asyncio, email, sys
            from aiosmtpd.smtp import SMTP
            class Handler:
                async def handle_DATA(self, server, session, envelope):
                    subject = email.message_from_bytes(envelope.content)["Subject"]
                    print("letter", envelope.rcpt_tos[0], subject, sep="\\t", flush=True)
                    return "250 OK"
            async def serve():
                loop = asyncio.get_running_loop()
                server = await loop.create_server(lambda: SMTP(Handler()), "127.0.0.1", int(sys.argv[1]))
                print("ready", flush=True)
                await server.serve_forever()
            asyncio.run(serve())
            """
        process = try ChildProcess(
            [try await TestPython.interpreter(with: "aiosmtpd"), "-c", program, "\(port)"],
            environment: Command.environment, directory: directory.path, limit: 540)
        let progress = await process.progress { String(decoding: $0.output, as: UTF8.self).hasPrefix("ready\n") }
        guard progress.end == nil else { throw Failure("the mail server did not start:\n\(progress.errorText)") }
    }

    /// The messages that it has taken, once there are so many, in their order.
    func letters(atLeast count: Int) async throws -> [Letter] {
        let progress = await process.progress { Self.letters(in: $0).count >= count }
        guard progress.end == nil else {
            throw Failure("the mail server took \(Self.letters(in: progress).count) letters\n\(progress.errorText)")
        }
        return Self.letters(in: progress)
    }

    func stop() async {
        process.signal(SIGTERM)
        await process.ended()
    }

    private static func letters(in progress: ChildProcess.Progress) -> [Letter] {
        String(decoding: progress.output, as: UTF8.self).split(separator: "\n").compactMap { line in
            let parts = line.split(separator: "\t")
            guard parts.count == 3, parts[0] == "letter" else { return nil }
            return Letter(recipient: String(parts[1]), subject: String(parts[2]))
        }
    }
}
