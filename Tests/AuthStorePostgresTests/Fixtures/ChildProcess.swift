// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

@testable import AuthStorePostgres

/// A program that a test started: its output line by line, and its end.
///
/// The program dies with the test process, whatever happens to that: a thread that lives as long as the program starts
/// it, and `setpriv` asks the kernel for a signal when that thread is gone.
final class ChildProcess: Sendable {
    private struct State {
        var pid: pid_t?
        var status: Int32?
        var waiting: [CheckedContinuation<Int32, Never>] = []
    }

    /// What went wrong with a program.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// The lines of standard output and standard error; it ends with the program.
    let lines: AsyncStream<String>
    private let state = Mutex(State())

    /// Starts a program, as an unprivileged user where this process is root.
    init(_ arguments: [String]) throws(Failure) {
        let (lines, continuation) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(2_000))
        self.lines = lines
        var ends: [Int32] = [-1, -1]
        // Unlike a pipe, it is closed on exec from its first moment, so that no other program keeps it open.
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw Failure(description: "no pipe") }
        let (reading, writing) = (ends[0], ends[1])
        let command = UnprivilegedUser.current.wrapping(arguments)
        let keeper = OSThread("test-child") { [self] in
            let pid = Self.spawn(command, output: writing)
            close(writing)
            state.withLock { $0.pid = pid }
            if let pid { Cleanup.add(pid) }
            Self.readLines(reading) { continuation.yield($0) }
            close(reading)
            var status: Int32 = -1
            if let pid {
                waitpid(pid, &status, 0)
                Cleanup.remove(pid)
            }
            let waiting = state.withLock { state in
                state.status = status
                state.pid = nil
                return state.waiting
            }
            continuation.finish()
            for one in waiting { one.resume(returning: status) }
        }
        guard let keeper else { throw Failure(description: "no thread") }
        keeper.detach()
    }

    /// Runs a program to its end.
    static func run(_ arguments: [String]) async throws {
        let child = try ChildProcess(arguments)
        var output: [String] = []
        for await line in child.lines { output.append(line) }
        let status = await child.ended()
        guard status == 0 else {
            throw Failure(description: "\(arguments.first ?? "") failed:\n" + output.suffix(20).joined(separator: "\n"))
        }
    }

    /// Waits for a line that contains a text.
    func line(containing text: String) async throws {
        var output: [String] = []
        for await line in lines {
            output.append(line)
            if line.contains(text) { return }
        }
        throw Failure(description: "no line “\(text)” in:\n" + output.suffix(20).joined(separator: "\n"))
    }

    /// Sends a signal, unless the program has ended.
    func signal(_ signal: Int32) {
        state.withLock { state in
            if let pid = state.pid { _ = kill(pid, signal) }
        }
    }

    /// Waits for the end; gives the status as `waitpid` does.
    @discardableResult
    func ended() async -> Int32 {
        await withCheckedContinuation { continuation in
            let status = state.withLock { state -> Int32? in
                if state.status == nil { state.waiting.append(continuation) }
                return state.status
            }
            if let status { continuation.resume(returning: status) }
        }
    }

    private static func spawn(_ arguments: [String], output: Int32) -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        // Nothing else: a connection that another test has open just now would stay open in this program after its end.
        for descriptor in 3..<Int32(clamping: min(2_048, sysconf(Int32(_SC_OPEN_MAX)))) {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The thread blocks every signal, and the program would inherit that.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

        let pointers = arguments.map { (text: String) in strdup(text) } + [nil]
        let settings: [String] = ["LC_ALL=C", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"]
        let environment = settings.map { strdup($0) } + [nil]
        defer { for pointer in pointers + environment { free(pointer) } }
        var pid = pid_t()
        guard let program = arguments.first,
            posix_spawnp(&pid, program, &actions, &attributes, pointers, environment) == 0
        else { return nil }
        return pid
    }

    private static func readLines(_ descriptor: Int32, _ body: (String) -> Void) {
        var pending: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            pending += buffer.prefix(count)
            while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                body(String(decoding: pending[..<end], as: UTF8.self))
                pending.removeSubrange(...end)
            }
        }
        if !pending.isEmpty { body(String(decoding: pending, as: UTF8.self)) }
    }
}

/// Whom servers run as: PostgreSQL refuses to be root.
struct UnprivilegedUser: Sendable {
    var ids: (user: uid_t, group: gid_t)?

    static let current: UnprivilegedUser = {
        guard geteuid() == 0, let entry = getpwnam("postgres") ?? getpwnam("nobody") else {
            return UnprivilegedUser(ids: nil)
        }
        return UnprivilegedUser(ids: (entry.pointee.pw_uid, entry.pointee.pw_gid))
    }()

    /// The command that runs a program as this user, and ends it with the thread that starts it.
    func wrapping(_ arguments: [String]) -> [String] {
        let user = ids.map { ["--reuid=\($0.user)", "--regid=\($0.group)", "--clear-groups"] } ?? []
        return ["env", "-C", "/", "setpriv"] + user + ["--pdeathsig", "QUIT"] + arguments
    }

    /// Makes a directory that belongs to this user and is removed when the tests end.
    func makeDirectory() throws(ChildProcess.Failure) -> String {
        var template = Array("/tmp/authd-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw ChildProcess.Failure(description: "no temporary directory") }
        let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        if let ids { chown(path, ids.user, ids.group) }
        Cleanup.add(path)
        return path
    }

    /// Writes a file that belongs to this user.
    func write(_ text: String, to path: String) throws(ChildProcess.Failure) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ChildProcess.Failure(description: "cannot write \(path)") }
        defer { close(descriptor) }
        let octets = Array(text.utf8)
        guard Glibc.write(descriptor, octets, octets.count) == octets.count else {
            throw ChildProcess.Failure(description: "cannot write \(path)")
        }
        if let ids { fchown(descriptor, ids.user, ids.group) }
    }
}

/// What is ended and removed when the test process exits.
enum Cleanup {
    private struct State {
        var pids: Set<pid_t> = []
        var paths: [String] = []
        var isRegistered = false
    }

    private static let state = Mutex(State())

    static func add(_ pid: pid_t) {
        register()
        state.withLock { _ = $0.pids.insert(pid) }
    }

    static func remove(_ pid: pid_t) {
        state.withLock { _ = $0.pids.remove(pid) }
    }

    static func add(_ path: String) {
        register()
        state.withLock { $0.paths.append(path) }
    }

    private static func register() {
        let isFirst = state.withLock { state in
            defer { state.isRegistered = true }
            return !state.isRegistered
        }
        if isFirst { atexit { Cleanup.perform() } }
    }

    private static func perform() {
        let (pids, paths) = state.withLock { ($0.pids, $0.paths) }
        for pid in pids { kill(pid, SIGQUIT) }
        guard !paths.isEmpty else { return }
        let arguments = (["rm", "-rf", "--"] + paths).map { strdup($0) } + [nil]
        var pid = pid_t()
        if posix_spawnp(&pid, "rm", nil, nil, arguments, nil) == 0 {
            var status: Int32 = 0
            waitpid(pid, &status, 0)
        }
    }
}
