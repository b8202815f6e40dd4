// SPDX-License-Identifier: Apache-2.0

internal import AuthService

/// The counters of all routes in Prometheus' text format.
enum PrometheusText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    static func render(_ metrics: [RouteMetrics]) -> String {
        let rows = metrics.map { ($0, $0.snapshot) }.filter { $0.1.byStatusClass.contains { $0 > 0 } }
        var text = """
            # HELP authd_http_requests_total Requests answered, by route template and class of status.
            # TYPE authd_http_requests_total counter

            """
        for (route, counts) in rows {
            for (digit, count) in counts.byStatusClass.enumerated() where count > 0 {
                text += "authd_http_requests_total{\(labels(of: route)),status=\"\(digit)xx\"} \(count)\n"
            }
        }
        text += """
            # HELP authd_http_request_duration_seconds Time from a request being read to its reply being made.
            # TYPE authd_http_request_duration_seconds histogram

            """
        for (route, counts) in rows {
            let name = "authd_http_request_duration_seconds"
            var cumulative: UInt64 = 0
            for (bound, count) in zip(RouteMetrics.bounds, counts.byDuration) {
                cumulative += count
                text += "\(name)_bucket{\(labels(of: route)),le=\"\(bound.label)\"} \(cumulative)\n"
            }
            let total = counts.byDuration.reduce(0, +)
            text += "\(name)_bucket{\(labels(of: route)),le=\"+Inf\"} \(total)\n"
            text += "\(name)_sum{\(labels(of: route))} \(Double(counts.nanoseconds) / 1e9)\n"
            text += "\(name)_count{\(labels(of: route))} \(total)\n"
        }
        return text
    }

    static func render(_ gauges: ServiceGauges) -> String {
        let rows = [
            ("revocations", "Revocations that unexpired tokens may collide with.", gauges.revocations),
            ("cached_users", "Users kept in memory.", gauges.cachedUsers),
            ("cached_principals", "Verified tokens kept in memory.", gauges.cachedPrincipals),
            ("waiting_mails", "Mails waiting to be sent.", gauges.waitingMails),
            ("waiting_followers", "Requests waiting for an entry of the change feed.", gauges.waitingFollowers),
        ]
        return rows.map { name, help, value in
            "# HELP authd_\(name) \(help)\n# TYPE authd_\(name) gauge\nauthd_\(name) \(value)\n"
        }.joined()
    }

    static func render(_ attacks: NoticedAttacks) -> String {
        let name = "authd_sign_in_attacks_noticed_total"
        return """
            # HELP \(name) Sources seen to go through many users, by pattern.
            # TYPE \(name) counter
            \(name){pattern="spraying"} \(attacks.spraying)
            \(name){pattern="stuffing"} \(attacks.stuffing)

            """
    }

    static func render(_ counts: SettlementCounts) -> String {
        let name = "authd_rate_limit_settlements_total"
        return """
            # HELP \(name) Settlements of limits with the other processes, by outcome.
            # TYPE \(name) counter
            \(name){outcome="done"} \(counts.settled)
            \(name){outcome="failed"} \(counts.failed)
            # HELP authd_rate_limit_unsettled_total Requests admitted by what this process knew alone.
            # TYPE authd_rate_limit_unsettled_total counter
            authd_rate_limit_unsettled_total \(counts.unsettled)

            """
    }

    /// Of the silence nothing is said where the feed is not followed.
    static func render(_ feed: FeedHealth) -> String {
        var text = ""
        if let silence = feed.silence {
            text += """
                # HELP authd_feed_silence_seconds Time since the change feed was last heard, be it without news.
                # TYPE authd_feed_silence_seconds gauge
                authd_feed_silence_seconds \(max(0, silence / .seconds(1)))

                """
        }
        return text + """
            # HELP authd_feed_stale_tokens_total Access tokens presented while the feed had been silent for too long.
            # TYPE authd_feed_stale_tokens_total counter
            authd_feed_stale_tokens_total{outcome="refused"} \(feed.refusedTokens)
            authd_feed_stale_tokens_total{outcome="accepted"} \(feed.acceptedTokens)

            """
    }

    /// Route templates and methods are our own constants and need no escaping.
    private static func labels(of route: RouteMetrics) -> String {
        "method=\"\(route.method)\",route=\"\(route.route)\""
    }
}
