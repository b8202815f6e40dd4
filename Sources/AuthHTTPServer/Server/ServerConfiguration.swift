// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Where a server listens and what it puts up with.
public struct ServerConfiguration: Hashable, Sendable {
    /// The address or name to bind.
    public var host: String
    /// The port to bind; 0 lets the system choose.
    public var port: Int
    /// The number of event loops, each on its own thread.
    public var eventLoopThreads: Int
    /// Connections that the kernel holds before they are accepted.
    public var backlog: Int32 = 4096
    /// Open connections; one more is answered 503 and closed.
    ///
    /// From seven eighths of them on, those that have waited longest for a request are closed to make room.
    public var maximumConnections = 16_384
    /// Connections of one source, which is an IPv4 address or the /64 of an IPv6 address; one more is answered 503.
    ///
    /// `nil` is a quarter of ``maximumConnections``, but at least 64.
    public var maximumConnectionsPerSource: Int?
    /// Peers that may have any share of the connections: proxies, through which many clients come.
    public var peersWithoutShare: [IPNetwork] = []
    /// The bytes of a request line and all header fields together.
    public var maximumHeadBytes = 32 * 1024
    /// The header fields of a request.
    public var maximumHeaderFields = 100
    /// The bytes of a request body.
    public var maximumBodyBytes = 64 * 1024
    /// From the first byte of a request, or from connecting, to the end of its head.
    public var headTimeout: Duration = .seconds(10)
    /// From the end of the head to the end of the body.
    public var bodyTimeout: Duration = .seconds(30)
    /// Between two requests on one connection.
    public var idleTimeout: Duration = .seconds(75)
    /// For a peer that does not read its answer.
    public var writeTimeout: Duration = .seconds(30)
    /// How long requests in flight may take to finish after shutdown began.
    public var drainTimeout: Duration = .seconds(20)

    /// The path of a request that the server sends to itself before it is ready; it must be answered 200.
    ///
    /// `nil` sends none.
    public var selfCheckPath: String?

    /// The limits that this does not name have defaults.
    public init(host: String = "127.0.0.1", port: Int = 8000, eventLoopThreads: Int = 1) {
        self.host = host
        self.port = port
        self.eventLoopThreads = eventLoopThreads
    }

    /// How many connections one source may have.
    var connectionsPerSource: Int { maximumConnectionsPerSource ?? max(64, maximumConnections / 4) }

    /// How many connections may be being refused at a time, beyond those that are served.
    var refusalRoom: Int { max(4, min(64, maximumConnections / 8)) }
}
