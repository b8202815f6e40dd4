// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import Glibc
public import Logging
internal import NIOCore
internal import NIOPosix
public import ServiceLifecycle
internal import Synchronization

/// An HTTP/1 server over epoll for one handler.
public final class HTTPServer: Service, Sendable {
    // A class because the count of connections must have one place in memory.
    private let handler: any RequestHandler
    private let configuration: ServerConfiguration
    private let logger: Logger
    private let counters: ConnectionCounters
    private let setUp: @Sendable (any Channel) throws -> Void
    private let onListening: @Sendable (_ port: Int) -> Void
    private let onDraining: @Sendable () -> Void
    private let quota: Mutex<ConnectionQuota>
    private let warnings = Mutex(Warnings())
    /// Those that run.
    private let eventLoops = Mutex<[any EventLoop]>([])

    /// Nothing is bound before ``run()``; then `onListening` is called once with the bound port.
    ///
    /// `onDraining` is called once when the server begins to stop: what waits for long should be answered then.
    public convenience init(
        _ handler: any RequestHandler, configuration: ServerConfiguration, logger: Logger,
        counters: ConnectionCounters = ConnectionCounters(),
        onListening: @escaping @Sendable (_ port: Int) -> Void = { _ in },
        onDraining: @escaping @Sendable () -> Void = {}
    ) {
        self.init(
            handler, configuration: configuration, logger: logger, counters: counters,
            setUp: { try ConnectionOptions.apply(to: $0) }, onListening: onListening, onDraining: onDraining)
    }

    /// As the public initializer; `setUp` is called for each accepted connection on its event loop.
    init(
        _ handler: any RequestHandler, configuration: ServerConfiguration, logger: Logger, counters: ConnectionCounters,
        setUp: @escaping @Sendable (any Channel) throws -> Void,
        onListening: @escaping @Sendable (_ port: Int) -> Void = { _ in },
        onDraining: @escaping @Sendable () -> Void = {}
    ) {
        self.handler = handler
        self.configuration = configuration
        self.logger = logger
        self.counters = counters
        self.setUp = setUp
        quota = Mutex(ConnectionQuota(configuration))
        self.onDraining = onDraining
        self.onListening = onListening
    }

    /// Serves until graceful shutdown or cancellation, then drains: no new connections, idle ones closed,
    /// requests in flight answered within ``ServerConfiguration/drainTimeout``, the rest disconnected.
    ///
    /// Where the system is out of descriptors or memory it pauses in accepting, and idle connections are closed.
    /// - Throws: ``ServerStartError`` where the address cannot be bound or the server does not answer itself.
    public func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, configuration.eventLoopThreads))
        let sets = await connectionSets(of: group)
        let listener: any Channel
        do {
            listener = try await bind(on: group, sets: sets)
        } catch {
            try? await group.shutdownGracefully()
            throw Self.startError(error)
        }
        let sweeps = sets.map { set in
            set.eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { [self] _ in
                let now = NIODeadline.now()
                set.bound.value.sweep(at: now)
                makeRoom(in: set.bound.value, of: sets.count, at: now)
            }
        }
        if let path = configuration.selfCheckPath {
            do {
                try await ListenerProbe.check(listener.localAddress, path: path, on: group)
            } catch {
                for sweep in sweeps { sweep.cancel() }
                try? await listener.close()
                try? await group.shutdownGracefully()
                throw error
            }
        }
        eventLoops.withLock { $0 = sets.map(\.eventLoop) }
        onListening(listener.localAddress?.port ?? configuration.port)

        // Cancellation ends the wait as well, and is treated the same.
        try? await gracefulShutdown()

        try? await listener.close()
        onDraining()
        let isDrained = await drain(sets)
        for sweep in sweeps { sweep.cancel() }
        eventLoops.withLock { $0 = [] }
        if isDrained {
            try? await group.shutdownGracefully()
        } else {
            // A task that ignored its cancellation will still post to its loop, so the loops must outlive it.
            logger.error("requests still running after the shutdown timeout")
        }
    }

    /// Calls `body` once every event loop has come round to it.
    ///
    /// It is never called where a loop hangs, nor before the server is ready or after it has ended.
    public func whenEventLoopsAnswer(_ body: @escaping @Sendable () -> Void) {
        let loops = eventLoops.withLock { $0 }
        guard let first = loops.first else { return }
        EventLoopFuture.andAllSucceed(loops.map { $0.submit {} }, on: first).whenSuccess(body)
    }

    /// What kept the server from listening, without the words of NIO.
    private static func startError(_ error: any Error) -> ServerStartError {
        switch error {
        case let error as IOError:
            .cannotListen(
                code: error.errnoCode, reason: strerror(error.errnoCode).map { String(cString: $0) } ?? "\(error)")
        case is SocketAddressError.UnknownHost:
            .cannotListen(code: 0, reason: "the name has no address")
        default:
            .cannotListen(code: 0, reason: "\(error)")
        }
    }

    private struct LoopSet: Sendable {
        let eventLoop: any EventLoop
        let bound: NIOLoopBound<ConnectionSet>
    }

    private func connectionSets(of group: MultiThreadedEventLoopGroup) async -> [LoopSet] {
        var sets: [LoopSet] = []
        for loop in group.makeIterator() {
            let set = loop.submit { [self] in
                let set = ConnectionSet(eventLoop: loop) { self.setUpFailed($0) }
                return NIOLoopBound(set, eventLoop: loop)
            }
            guard let bound = try? await set.get() else { continue }
            sets.append(LoopSet(eventLoop: loop, bound: bound))
        }
        return sets
    }

    private func bind(on group: MultiThreadedEventLoopGroup, sets: [LoopSet]) async throws -> any Channel {
        let setOfLoop = Dictionary(uniqueKeysWithValues: sets.map { (ObjectIdentifier($0.eventLoop), $0.bound) })
        return try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: configuration.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // Accepted sockets inherit these; else the kernel would let each grow to several MiB.
            .serverChannelOption(.socketOption(.so_sndbuf), value: ConnectionBounds.socketBuffer)
            .serverChannelOption(.socketOption(.so_rcvbuf), value: ConnectionBounds.socketBuffer)
            .serverChannelInitializer { [self] listener in
                listener.eventLoop.makeCompletedFuture {
                    try listener.pipeline.syncOperations.addHandler(
                        AcceptPacing { error in self.acceptingPaused(by: error, sets) })
                }
            }
            .childChannelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture {
                    do {
                        guard let set = setOfLoop[ObjectIdentifier(channel.eventLoop)] else {
                            throw ChannelError.operationUnsupported
                        }
                        try setUp(channel)
                        try configure(channel, set: set.value)
                    } catch {
                        setUpFailed(error)
                        throw error
                    }
                }
            }
            .bind(host: configuration.host, port: configuration.port)
            .get()
    }

    private func configure(_ channel: any Channel, set: ConnectionSet) throws {
        let peer = channel.remoteAddress?.ipAddress.flatMap { IPAddress($0) }
        let verdict = quota.withLock { $0.admit(peer) }
        if verdict == .serve { counters.open.add(1, ordering: .relaxed) }
        channel.closeFuture.whenComplete { [self] _ in
            quota.withLock { $0.leave(verdict, from: peer) }
            if verdict == .serve { counters.open.subtract(1, ordering: .relaxed) }
        }
        if case .refuse(let reason, let lingers) = verdict {
            refused(for: reason, peer)
            return try channel.pipeline.syncOperations.addHandler(
                RefusingHandler(handler: handler, failure: .tooManyConnections, lingers: lingers, set: set))
        }
        try channel.pipeline.syncOperations.addHandlers(
            RequestDecoding.handler(boundedBy: configuration),
            ConnectionHandler(handler: handler, configuration: configuration, set: set))
    }

    /// `false` if something was still running when all patience was used up.
    private func drain(_ sets: [LoopSet]) async -> Bool {
        let patience = TimeAmount(configuration.drainTimeout)
        var outcomes: [EventLoopFuture<Bool>] = []
        for set in sets {
            let outcome = set.eventLoop.makePromise(of: Bool.self)
            set.eventLoop.execute { set.bound.value.drain().whenSuccess { outcome.succeed(true) } }
            set.eventLoop.scheduleTask(in: patience) { [logger] in
                let count = set.bound.value.count
                if count > 0 {
                    logger.warning(
                        "connections closed after the shutdown timeout", metadata: ["count": .stringConvertible(count)])
                }
                set.bound.value.abort()
            }
            set.eventLoop.scheduleTask(in: patience + .seconds(5)) { outcome.succeed(false) }
            outcomes.append(outcome.futureResult)
        }
        var isDrained = true
        for outcome in outcomes {
            let inTime = try? await outcome.get()
            isDrained = isDrained && inTime == true
        }
        return isDrained
    }
}

extension HTTPServer {
    private struct Warnings {
        var setUp = RareWarning()
        var refused = RareWarning()
        var refusedBySource = RareWarning()
        var paused = RareWarning()
    }

    /// Counts a connection that was accepted and will be closed unheard, and tells the log of the first and of how many
    /// followed in a minute.
    private func setUpFailed(_ error: any Error) {
        counters.failed.add(1, ordering: .relaxed)
        guard let count = warnings.withLock({ $0.setUp.count(at: .now()) }) else { return }
        logger.error(
            "connections closed: their set-up failed",
            metadata: ["count": .stringConvertible(count), "error": "\(error)"])
    }

    private func refused(for reason: ConnectionQuota.Reason, _ peer: IPAddress?) {
        switch reason {
        case .total:
            counters.refused.add(1, ordering: .relaxed)
            guard let count = warnings.withLock({ $0.refused.count(at: .now()) }) else { return }
            logger.warning(
                "connections refused: the limit on all connections is reached",
                metadata: [
                    "count": .stringConvertible(count), "maximum": .stringConvertible(configuration.maximumConnections),
                ])
        case .source:
            counters.refusedBySource.add(1, ordering: .relaxed)
            guard let count = warnings.withLock({ $0.refusedBySource.count(at: .now()) }) else { return }
            logger.warning(
                "connections refused: the limit on connections of one source is reached",
                metadata: [
                    "count": .stringConvertible(count),
                    "maximum": .stringConvertible(configuration.connectionsPerSource),
                    "source": "\(peer?.description ?? "unknown")",
                ])
        }
    }

    private func acceptingPaused(by error: IOError, _ sets: [LoopSet]) {
        counters.pauses.add(1, ordering: .relaxed)
        if let count = warnings.withLock({ $0.paused.count(at: .now()) }) {
            logger.warning(
                "accepting connections paused: the system is out of descriptors or memory",
                metadata: ["count": .stringConvertible(count), "error": "\(error)"])
        }
        for set in sets {
            set.eventLoop.execute { [self] in
                counters.gaveWay.add(set.bound.value.makeRoom(16, at: .now()), ordering: .relaxed)
            }
        }
    }

    /// Closes this loop's part of the waiting connections beyond seven eighths of those allowed.
    private func makeRoom(in set: ConnectionSet, of loops: Int, at now: NIODeadline) {
        let maximum = configuration.maximumConnections
        let excess = quota.withLock { $0.serving } - (maximum - maximum / 8)
        guard excess > 0 else { return }
        counters.gaveWay.add(set.makeRoom((excess + loops - 1) / loops, at: now), ordering: .relaxed)
    }
}
