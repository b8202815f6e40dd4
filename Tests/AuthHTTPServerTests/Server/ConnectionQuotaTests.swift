// SPDX-License-Identifier: Apache-2.0

import AuthCore
import NIOCore
import NIOEmbedded
import Testing

@testable import AuthHTTPServer

@Suite("Connection limits") struct ConnectionQuotaTests {
    private func quota(_ maximum: Int, perSource: Int? = nil, exempt: [IPNetwork] = []) -> ConnectionQuota {
        var configuration = ServerConfiguration()
        configuration.maximumConnections = maximum
        configuration.maximumConnectionsPerSource = perSource
        configuration.peersWithoutShare = exempt
        return ConnectionQuota(configuration)
    }

    @Test("a limited number is served, and of the rejected ones a few may stay for a moment")
    func total() {
        var quota = quota(16)

        let verdicts = (0..<32).map { quota.admit(IPAddress("192.0.2.\($0)")) }

        #expect(verdicts.prefix(16).allSatisfy { $0 == .serve })
        #expect(verdicts.dropFirst(16).prefix(4).allSatisfy { $0 == .refuse(.total, lingers: true) })
        #expect(verdicts.dropFirst(20).allSatisfy { $0 == .refuse(.total, lingers: false) })
        quota.leave(verdicts[16], from: IPAddress("192.0.2.16"))
        quota.leave(verdicts[31], from: IPAddress("192.0.2.31"))
        #expect(quota.admit(IPAddress("192.0.2.99")) == .refuse(.total, lingers: true))
        #expect(quota.admit(IPAddress("192.0.2.99")) == .refuse(.total, lingers: false))
        quota.leave(verdicts[0], from: IPAddress("192.0.2.0"))
        #expect(quota.admit(IPAddress("192.0.2.99")) == .serve)
    }

    @Test("one source has a share: an IPv4 address, or a /64 of IPv6, whatever its other bits")
    func share() throws {
        var quota = quota(100, perSource: 2)
        let one = try #require(IPAddress("2001:db8::1"))

        #expect(quota.admit(one) == .serve)
        #expect(quota.admit(IPAddress("2001:db8::ffff:2")) == .serve)
        #expect(quota.admit(IPAddress("2001:db8::3")) == .refuse(.source, lingers: true))
        #expect(quota.admit(IPAddress("2001:db8:0:1::1")) == .serve)
        #expect(quota.admit(IPAddress("192.0.2.1")) == .serve)
        #expect(quota.admit(IPAddress("::ffff:192.0.2.1")) == .serve)
        #expect(quota.admit(IPAddress("192.0.2.1")) == .refuse(.source, lingers: true))
        #expect(quota.admit(nil) == .serve)
        quota.leave(.serve, from: one)
        #expect(quota.admit(IPAddress("2001:db8::3")) == .serve)
    }

    @Test("a client that uses up the room for rejections does not keep others from being served")
    func refusalsAreApart() {
        var quota = quota(16, perSource: 1)
        for _ in 0..<50 { _ = quota.admit(IPAddress("192.0.2.1")) }

        #expect(quota.admit(IPAddress("192.0.2.1")) == .refuse(.source, lingers: false))
        #expect(quota.admit(IPAddress("192.0.2.2")) == .serve)
    }

    @Test("a trusted proxy has no share, and still counts among all")
    func proxies() throws {
        var quota = quota(3, perSource: 1, exempt: [try #require(IPNetwork("10.0.0.0/8"))])

        for _ in 0..<3 { #expect(quota.admit(IPAddress("10.1.2.3")) == .serve) }
        #expect(quota.admit(IPAddress("10.1.2.3")) == .refuse(.total, lingers: true))
    }

    @Test("without a setting the share is a quarter, but never too few for a household")
    func shareByItself() {
        var configuration = ServerConfiguration()
        #expect(configuration.connectionsPerSource == 4_096)
        configuration.maximumConnections = 100
        #expect(configuration.connectionsPerSource == 64)
    }

    @Test("the connections that have been idle longest are closed to make room, and none that has just become idle")
    func room() {
        let loop = EmbeddedEventLoop()
        let set = ConnectionSet(eventLoop: loop)
        let now = NIODeadline.uptimeNanoseconds(100_000_000_000)
        let ages: [Int64?] = [nil, 3, 90, 0, 50, 2]
        let connections = ages.map { seconds in
            Waiting(since: seconds.map { now - .seconds($0) })
        }
        for connection in connections { set.insert(connection) }

        #expect(set.makeRoom(0, at: now) == 0)
        #expect(set.makeRoom(2, at: now) == 2)
        #expect(connections.map(\.gaveWay) == [false, false, true, false, true, false])
        for connection in connections where connection.gaveWay { set.remove(connection) }
        #expect(set.makeRoom(9, at: now) == 2)
        #expect(connections.map(\.gaveWay) == [false, true, true, false, true, true])
    }
}

private final class Waiting: SweptConnection {
    let waitingSince: NIODeadline?
    private(set) var gaveWay = false

    init(since: NIODeadline?) {
        waitingSince = since
    }

    func giveWay() { gaveWay = true }
    func sweep(at now: NIODeadline) {}
    func drain() {}
    func abort() {}
}
