// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Glibc
internal import Synchronization

/// A program that a test started: what it writes, and its end.
///
/// It dies with the test process, whatever happens to that: a thread that lives as long as the program starts it, and
/// `setpriv` asks the kernel for a signal when that thread is gone. It is killed when its time is up, so every wait for
/// it ends.
package final class ChildProcess: Sendable {
    /// How a program ended.
    package enum End: Equatable, Sendable {
        case exited(Int32)
        case signalled(Int32)
        /// It was killed because its time was up.
        case overdue
        case notStarted
    }

    /// What a program has written so far, and its end once that has come.
    package struct Progress: Sendable {
        package var output: [UInt8] = []
        package var errors: [UInt8] = []
        package var end: End?

        /// What it wrote to standard error, as text.
        package var errorText: String { String(decoding: errors, as: UTF8.self) }
    }

    private struct Waiter {
        let isDone: @Sendable (Progress) -> Bool
        let continuation: CheckedContinuation<Progress, Never>
    }

    private struct State {
        var pid: pid_t?
        var progress = Progress()
        var waiters: [Waiter] = []
        var input: Int32?

        /// Takes out those whose wait is over.
        mutating func takeReady() -> [Waiter] {
            let progress = progress
            let ready = waiters.filter { progress.end != nil || $0.isDone(progress) }
            waiters.removeAll { progress.end != nil || $0.isDone(progress) }
            return ready
        }
    }

    private let state = Mutex(State())

    /// Starts a program.
    ///
    /// After `limit` seconds the program and its children are killed. When this process dies, the program gets
    /// `deathSignal`.
    package init(
        _ arguments: [String], environment: [String: String], directory: String, limit: TimeInterval = 120,
        deathSignal: String = "KILL"
    ) throws(Failure) {
        let input = try Self.channel()
        let output = try Self.channel()
        let errors = try Self.channel()
        state.withLock { $0.input = input.ours }
        let command = ["env", "-C", directory, "setpriv", "--pdeathsig", deathSignal] + arguments
        let deadline = Deadline(limit)
        Thread.detachNewThread { [self] in
            let pid = Self.spawn(command, environment, [input.theirs, output.theirs, errors.theirs])
            for one in [input, output, errors] { close(one.theirs) }
            state.withLock { $0.pid = pid }
            let isOverdue = read(output.ours, errors.ours, until: deadline)
            close(output.ours)
            close(errors.ours)
            finish(pid, isOverdue: isOverdue)
        }
    }

    /// Waits until something is true of what the program wrote, or the program has ended.
    @discardableResult
    package func progress(when isDone: @escaping @Sendable (Progress) -> Bool) async -> Progress {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waiter = Waiter(isDone: isDone, continuation: continuation)
                let ready = state.withLock { state in
                    state.waiters.append(waiter)
                    return (state.takeReady(), state.progress)
                }
                for one in ready.0 { one.continuation.resume(returning: ready.1) }
            }
        } onCancel: {
            signal(SIGKILL)
        }
    }

    /// Waits for the end.
    @discardableResult
    package func ended() async -> Progress {
        await progress { _ in false }
    }

    /// Sends a signal to the program and its children, unless the program has ended.
    package func signal(_ signal: Int32) {
        state.withLock { state in
            if let pid = state.pid { _ = kill(-pid, signal) }
        }
    }

    /// The program's number while it runs.
    package var pid: pid_t? { state.withLock { $0.pid } }

    /// The memory that the program has in use, and the most that it ever had, in KiB.
    package func memory() throws -> (now: Int, peak: Int) {
        guard let pid = state.withLock({ $0.pid }) else { throw Failure("the program has ended") }
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        func value(_ name: String) throws -> Int {
            let line = status.split(separator: "\n").first { $0.hasPrefix("\(name):") }
            guard let number = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) }) else {
                throw Failure("no \(name) in \(status)")
            }
            return number
        }
        return (try value("VmRSS"), try value("VmHWM"))
    }

    /// Writes to the program's standard input.
    package func write(_ text: String) {
        state.withLock { state in
            guard let input = state.input else { return }
            let bytes = Array(text.utf8)
            _ = send(input, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        }
    }

    /// Ends the program's standard input.
    package func closeInput() {
        state.withLock { state in
            if let input = state.input.take() { close(input) }
        }
    }

    /// - Returns: Whether the program was killed because its time was up.
    private func read(_ output: Int32, _ errors: Int32, until deadline: Deadline) -> Bool {
        var isOverdue = false
        var open = [output, errors]
        while !open.isEmpty {
            var descriptors = open.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            // What was killed has a moment to let go of its outputs.
            guard poll(&descriptors, nfds_t(descriptors.count), isOverdue ? 5_000 : deadline.milliseconds) > 0 else {
                guard !isOverdue else { break }
                if deadline.milliseconds == 0 {
                    isOverdue = true
                    signal(SIGKILL)
                }
                continue
            }
            for descriptor in descriptors where descriptor.revents != 0 {
                let bytes = Self.bytes(from: descriptor.fd)
                if bytes.isEmpty { open.removeAll { $0 == descriptor.fd } }
                report(bytes, isOutput: descriptor.fd == output)
            }
        }
        return isOverdue
    }

    private func report(_ bytes: [UInt8], isOutput: Bool) {
        let (ready, progress) = state.withLock { state in
            if isOutput { state.progress.output += bytes } else { state.progress.errors += bytes }
            return (state.takeReady(), state.progress)
        }
        for waiter in ready { waiter.continuation.resume(returning: progress) }
    }

    private func finish(_ pid: pid_t?, isOverdue: Bool) {
        var end = End.notStarted
        if let pid {
            // Until it is reaped its number is not reused, so that a signal cannot reach another process.
            var information = siginfo_t()
            waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT)
            end = state.withLock { state in
                state.pid = nil
                var status: Int32 = 0
                waitpid(pid, &status, 0)
                return status & 0x7f == 0 ? .exited(status >> 8 & 0xff) : .signalled(status & 0x7f)
            }
        }
        let (ready, progress) = state.withLock { state in
            state.progress.end = isOverdue ? .overdue : end
            return (state.takeReady(), state.progress)
        }
        closeInput()
        for waiter in ready { waiter.continuation.resume(returning: progress) }
    }

    /// Two connected ends.
    ///
    /// Unlike those of a pipe they are closed on exec from their first moment, so that no other program keeps them open.
    private static func channel() throws(Failure) -> (ours: Int32, theirs: Int32) {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw Failure("no more descriptors") }
        return (ends[0], ends[1])
    }

    private static func bytes(from descriptor: Int32) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        return Array(buffer.prefix(max(0, count)))
    }

    /// `POSIX_SPAWN_SETSID`, which Swift is not shown.
    private static let inOwnSession: Int32 = 0x80

    private static func spawn(
        _ arguments: [String], _ environment: [String: String], _ standard: [Int32]
    ) -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, descriptor) in standard.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
        }
        // Nothing else: a connection that another test has open just now would stay open in this program after its end.
        for descriptor in 3..<Int32(clamping: min(2_048, sysconf(Int32(_SC_OPEN_MAX)))) {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        // A session of its own, as a service has: the kernel shares processors out among sessions, and what yields to
        // others, as hashing does, yields to its own program and not to everything else that the tests run.
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | inOwnSession))

        let variables = environment.map { "\($0.key)=\($0.value)" }
        let argumentPointers = arguments.map { (text: String) in strdup(text) } + [nil]
        let environmentPointers = variables.map { (text: String) in strdup(text) } + [nil]
        defer { for pointer in argumentPointers + environmentPointers { free(pointer) } }
        var pid = pid_t()
        guard let program = arguments.first,
            posix_spawnp(&pid, program, &actions, &attributes, argumentPointers, environmentPointers) == 0
        else { return nil }
        return pid
    }
}

/// A deadline on the monotonic clock.
private struct Deadline {
    private let moment: ContinuousClock.Instant

    init(_ seconds: TimeInterval) {
        moment = .now + .seconds(seconds)
    }

    /// What is left, rounded up; 0 once it has passed.
    var milliseconds: Int32 {
        let left = moment - .now
        return left <= .zero ? 0 : Int32(clamping: left.components.seconds * 1_000 + 1_000)
    }
}
