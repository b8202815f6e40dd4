// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Glibc
import Testing

/// A daemon on a machine whose system clock is set ahead and back while it serves.
@Suite("Setting the system clock", .oneAtATime, .timeLimit(.minutes(10)))
struct ClockJourneyTests {
    private static let settings = ["CHANGE_FEED_SECRETS": RouteStage.serviceSecret]
    /// A bucket that was written in the future counts as empty for a while.
    private static let unlimited = settings.merging(["RATE_LIMIT_ENABLED": "false"]) { $1 }
    private static let twoHours = 7_200
    private static let month = 30 * 86_400

    @Test("a clock that is a month ahead for a minute makes no revoked token valid and deletes no session")
    func aheadForAMinute() async throws {
        try await Installation.with(.sqlite, Self.settings) { installation in
            let clock = try await SystemClockShim(in: installation.directory)
            try await installation.serving(clock.environment) { daemon in
                let grace = try await daemon.signUp("grace")
                let ada = try await daemon.signUp("ada")
                try await daemon.send("POST", "/auth/logout", token: ada.access).expect(200)

                try clock.set(ahead: Self.month)
                var cursor = try await daemon.changes().text("cursor")
                // Longer than a minute in all, after which every daemon keeps house.
                for _ in 0..<3 {
                    let page = try await daemon.changes("?after=\(cursor)&wait=22")
                    page.expect(200)
                    cursor = try page.text("cursor")
                }
                try clock.set(ahead: 0)

                try await daemon.send("GET", "/auth/me", token: ada.access).expectProblem(401, "invalid_token")
                try await daemon.refresh(grace.refresh).expect(200)
                let metrics = try await daemon.send("GET", "/metrics").body
                #expect(metrics.contains("\nauthd_clock_trusted 0\n"))
                #expect(await daemon.log(with: "system clock changed").contains("system clock changed"))
            }
        }
    }

    @Test("a clock that is set back ends the grace time of a superseded refresh token and keeps no follower waiting")
    func setBack() async throws {
        try await Installation.with(.sqlite, Self.unlimited) { installation in
            let clock = try await SystemClockShim(in: installation.directory)
            try await installation.serving(clock.environment) { daemon in
                let grace = try await daemon.signUp("grace")
                try await daemon.refresh(grace.refresh).expect(200)
                let cursor = try await daemon.changes().text("cursor")
                async let waited = daemon.changes("?after=\(cursor)&wait=5")
                try await daemon.awaitFollower()

                try clock.set(ahead: -Self.twoHours)

                try await waited.expect(200)
                for _ in 0..<3 { try await daemon.refresh(grace.refresh).expect(200) }
                try await daemon.refresh(grace.refresh).expect(401)
            }
        }
    }

    @Test("a token from the future is refused, and the log names the clocks")
    func future() async throws {
        try await Installation.with(.sqlite, Self.settings) { installation in
            let clock = try await SystemClockShim(in: installation.directory)
            try await installation.serving(clock.environment) { daemon in
                _ = try await daemon.signUp("grace")
                try clock.set(ahead: 30)
                let ahead = try await daemon.signIn("grace")
                try await daemon.send("GET", "/auth/me", token: ahead.access).expect(200)

                try clock.set(ahead: 0)

                try await daemon.send("GET", "/auth/me", token: ahead.access).expectProblem(401, "invalid_token")
                #expect(
                    await daemon.log(with: "access token issued in the future").contains(
                        "access token issued in the future"))
                #expect((try await daemon.send("GET", "/metrics").body).contains("\nauthd_future_tokens_total 1\n"))
            }
        }
    }
}

extension RunningDaemon {
    fileprivate func changes(_ query: String = "") async throws -> Response {
        try await send("GET", "/auth/changes" + query, token: RouteStage.serviceSecret)
    }

    fileprivate func refresh(_ token: String) async throws -> Response {
        try await send("POST", "/auth/refresh", json: #"{"refresh_token":"\#(token)"}"#)
    }
}
