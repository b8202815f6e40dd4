// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
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
            ("revocations", "Revocations that may concern unexpired tokens.", gauges.revocations),
            ("cached_users", "Users cached in memory.", gauges.cachedUsers),
            ("cached_principals", "Verified tokens cached in memory.", gauges.cachedPrincipals),
            ("waiting_mails", "Mails waiting to be sent.", gauges.waitingMails),
            ("waiting_followers", "Followers waiting for an entry of the change feed.", gauges.waitingFollowers),
        ]
        return rows.map { name, help, value in family("authd_\(name)", .gauge, help, [("", "\(value)")]) }.joined()
    }

    static func render(_ attacks: NoticedAttacks) -> String {
        family(
            "authd_sign_in_attacks_noticed_total", .counter,
            "Detected attacks (password spraying, credential stuffing), by pattern.",
            [(#"{pattern="spraying"}"#, "\(attacks.spraying)"), (#"{pattern="stuffing"}"#, "\(attacks.stuffing)")])
    }

    static func render(_ outbox: OutboxHealth, at now: Timestamp) -> String {
        typealias Sample = (labels: String, value: String)
        func rows(_ samples: (OutboxLane) -> [Sample]) -> [Sample] {
            OutboxLane.allCases.flatMap { lane in
                samples(lane).map { sample -> Sample in
                    (#"{lane="\#(lane.rawValue)"\#(sample.labels)}"#, sample.value)
                }
            }
        }
        return family(
            "authd_outbox_rows", .gauge, "Mails and events that wait to be delivered (due) or were given up (dead).",
            rows { lane in
                OutboxRow.State.allCases.map { state -> Sample in
                    (#",state="\#(state.rawValue)""#, "\(outbox.count(lane, state))")
                }
            })
            + family(
                "authd_outbox_oldest_seconds", .gauge, "For how long the oldest row that is due has waited.",
                rows { [("", "\(outbox.oldestAge($0, at: now) / .seconds(1))")] })
            + family(
                "authd_outbox_deliveries_total", .counter,
                "Deliveries of this process, by outcome; moot ones were left out, because they had no use any more.",
                rows { lane in
                    let counts = outbox[lane]
                    return [
                        (#",outcome="delivered""#, "\(counts.delivered)"), (#",outcome="failed""#, "\(counts.failed)"),
                        (#",outcome="dead""#, "\(counts.dead)"), (#",outcome="moot""#, "\(counts.moot)"),
                    ]
                })
    }

    static func render(_ dropped: DroppedMails) -> String {
        family(
            "authd_mails_dropped_total", .counter,
            "Requests for a mail that were accepted and dropped, by kind.",
            MailKind.all.map { (#"{kind="\#($0.rawValue)"}"#, "\(dropped[$0])") })
    }

    static func render(_ counts: SettlementCounts) -> String {
        family(
            "authd_rate_limit_settlements_total", .counter,
            "Settlements of rate limits with the store, by outcome.",
            [(#"{outcome="done"}"#, "\(counts.settled)"), (#"{outcome="failed"}"#, "\(counts.failed)")])
            + family(
                "authd_rate_limit_unsettled_total", .counter,
                "Requests limited by this process alone, because the store did not answer.",
                [("", "\(counts.unsettled)")])
            + family(
                "authd_rate_limit_aggregated_total", .counter,
                "Requests counted against the network around their source, because too many sources had buckets.",
                [("", "\(counts.aggregated)")])
    }

    /// Nothing where there is no pool.
    static func render(_ pool: DatabasePool?) -> String {
        guard let pool else { return "" }
        let rows = [
            ("connections", "Open connections to the database.", pool.open),
            ("connections_idle", "Open connections to the database that wait for an operation.", pool.idle),
            ("connections_limit", "Connections to the database that there may be.", pool.limit),
            ("waiting", "Operations that wait for a connection to the database.", pool.waiting),
        ]
        return rows.map { name, help, value in
            family("authd_database_\(name)", .gauge, help, [("", "\(value)")])
        }.joined()
    }

    static func render(_ metrics: [ProcessMetric]) -> String {
        metrics.map { metric in
            let kind: Kind = metric.kind == .counter ? .counter : .gauge
            return family(metric.name, kind, metric.help, [("", "\(metric.value)")])
        }.joined()
    }

    static func render(_ clocks: ClockHealth) -> String {
        family(
            "authd_clock_jumps_total", .counter, "Times that the system clock was set by more than a minute.",
            [("", "\(clocks.jumps)")])
            + family(
                "authd_clock_trusted", .gauge,
                "Whether expired rows are deleted: 0 after a start or a jump of the clock.",
                [("", clocks.isTrusted ? "1" : "0")])
            + family(
                "authd_future_tokens_total", .counter,
                "Access tokens of this issuer that were rejected because they are from the future.",
                [("", "\(clocks.futureTokens)")])
    }

    static func render(_ audit: AuditHealth) -> String {
        family(
            "authd_audit_sealing", .gauge,
            "Whether the audit log is sealed: 0 while it does not continue the last signed head.",
            [("", audit.isSealing ? "1" : "0")])
            + family(
                "authd_audit_sealing_refusals_total", .counter,
                "Times that sealing the audit log was refused, once a second while it is.",
                [("", "\(audit.refusals)")])
    }

    /// Without the age of the last reading where the change feed is not followed.
    static func render(_ feed: ChangeFeedHealth) -> String {
        let silence = feed.silence.map { silence in
            family(
                "authd_feed_silence_seconds", .gauge,
                "Time since the change feed was last read.",
                [("", "\(max(0, silence / .seconds(1)))")])
        }
        return (silence ?? "")
            + family(
                "authd_feed_stale_tokens_total", .counter,
                "Access tokens presented while the feed had been silent for too long.",
                [
                    (#"{outcome="refused"}"#, "\(feed.refusedTokens)"),
                    (#"{outcome="accepted"}"#, "\(feed.acceptedTokens)"),
                ])
            + family(
                "authd_feed_history_changes_total", .counter,
                "Times that the change feed was found replaced, by a restored database or a fail-over that lost commits.",
                [("", "\(feed.historyChanges)")])
    }

    /// Registrations that this process has removed.
    static func render(removedRegistrations count: UInt64) -> String {
        family(
            "authd_unverified_users_removed_total", .counter,
            "Users removed because they registered and never verified their address.", [("", "\(count)")])
    }

    private enum Kind: String {
        case counter
        case gauge
    }

    /// A metric with its samples; labels stand in their braces, or are empty.
    private static func family(
        _ name: String, _ kind: Kind, _ help: String, _ samples: [(labels: String, value: String)]
    ) -> String {
        samples.reduce("# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n") { text, sample in
            text + "\(name)\(sample.labels) \(sample.value)\n"
        }
    }

    /// Route templates and methods are our own constants and need no escaping.
    private static func labels(of route: RouteMetrics) -> String {
        "method=\"\(route.method)\",route=\"\(route.route)\""
    }
}
