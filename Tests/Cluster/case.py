# SPDX-License-Identifier: Apache-2.0
"""One fail-over: three daemons are written to, the primary dies, and what was acknowledged is looked for."""

import os
import shlex
import time

from cluster import Cluster
from daemon import Client, Daemon, migrate, spread
from ledger import Ledger, Session
from processes import output, until
from writers import Writers

KINDS = ("registration", "sign-in", "refresh", "sign-out")
# The seconds that a daemon may need here to hear of a revocation. Its promise is one, on a machine that is not overloaded.
HEARING = 20
# The daemons, and the heading of the page under which their settings are.
HEADINGS = {"A": "HAProxy", "B": "Several hosts in DATABASE_URL", "C": "HAProxy"}


class Case:
    """From the first start of the servers to the last check."""

    def __init__(self, synchronous, binary, folder, page, ports):
        self.synchronous, self.binary, self.folder = synchronous, binary, folder
        self.figures, self.failures = [], []
        self.ledger = Ledger()
        with open(f"{folder}/root.key", "w", encoding="ascii") as file:
            os.chmod(file.name, 0o600)
            file.write(output(["openssl", "rand", "-hex", "32"]))
        self.cluster = Cluster(folder, page, ports)
        if not synchronous:
            self.cluster.control("edit-config")
            until(lambda: not self.cluster.standby.is_at("/synchronous"), "asynchronous replication")
        migrate(binary, self.cluster.settings("HAProxy", role="authd_owner"), folder)
        self.daemons = [self._start(name, heading) for name, heading in HEADINGS.items()]

    def run(self):
        self._write()
        self._cut_off_standby()
        self._fail_over()
        self._hear_revocations()
        self._continue_audit_log()
        self._look_for_writes()
        self._change_places()
        for daemon in self.daemons:
            status, _ = Client(daemon).send("GET", "/health/database")
            self._expect(status == 200, f"{daemon.name} is not ready in the end: {status}")
        self._verify_audit_log()

    def _start(self, name, heading):
        return Daemon(name, self.binary, self.cluster.settings(heading), self.folder)

    def _expect(self, holds, what):
        if not holds:
            self.failures.append(what)

    def _show(self, what, figure):
        self.figures.append((what, figure))

    def _write(self):
        """Writes that the standby has too, and open sessions for what follows."""
        self.writers = Writers(self.daemons, self.ledger, stock=12)

        def enough():
            done = [write.daemon for write in self.ledger.of("sign-out")]
            return all(done.count(daemon.name) >= 4 for daemon in self.daemons)

        until(enough, "every daemon's first sign-outs", 90)

    def _cut_off_standby(self):
        """The standby hears no more: with asynchronous replication writes are acknowledged as before, and will be lost."""
        self.cluster.primary.relay.hold()
        self.held = time.monotonic()
        if self.synchronous:
            until(
                lambda: {name for name, _, status, _ in self.ledger.refused(self.held) if status == 503} == {*"ABC"},
                "every daemon's first 503")
        else:
            until(lambda: len(self.ledger.of("sign-out", since=self.held)) >= 50, "sign-outs that will be lost", 90)
        # One daemon hears of every sign-out until here, and sleeps through the fail-over.
        self.writers.finish(self.daemons[2:])
        self.heard = [write.subject for write in self.ledger.of("sign-out")]
        unheard, _ = self._await_refusal(self.heard)
        self._expect(not unheard, f"{len(unheard)} revocations were not heard before the fail-over")
        if not self.synchronous:
            replicated = self.cluster.standby.sealed_events()
            until(
                lambda: all(daemon.audit_head().sequence > replicated for daemon in self.daemons),
                "every daemon's head of the audit log beyond that of the standby")
        self.daemons[2].freeze()

    def _fail_over(self):
        """The primary dies, the standby takes over, and the feed becomes longer than it was."""
        killed = time.monotonic()
        self.cluster.primary.kill()
        self.dead = time.monotonic()
        self.cluster.primary.relay.drop()
        # What the standby has, and what every daemon has seen of the primary.
        self.replicated = self.cluster.standby.sealed_events()
        self.seen = {daemon: daemon.audit_head() for daemon in self.daemons}
        # Of sessions that may be lost no more is written: others do that from here on.
        later = Writers(self.daemons[:2], self.ledger, stock=3)
        self.writers.finish(self.daemons[:2])
        self.cluster.standby.becomes("/primary")
        entries = [
            *self.ledger.of("sign-out", since=self.held, until=self.dead),
            *(refusal for refusal in self.ledger.refused(self.held) if refusal[1] < self.dead)]
        until(lambda: len(self.ledger.of("sign-out", since=self.dead)) >= len(entries) + 20, "a longer feed", 90)
        later.finish(self.daemons[:2])
        self.open = self.writers.open + later.open

        if self.synchronous:
            acknowledged = len(self.ledger.of(*KINDS, since=self.held, until=killed))
            unknown = [r for r in self.ledger.refused(self.held) if r[1] < killed]
            others = {(status, code) for _, _, status, code in unknown} - {(503, "unavailable"), (0, None)}
            self._show("acknowledged while the standby was cut off", acknowledged)
            self._show("  answered 503", sum(status == 503 for _, _, status, _ in unknown))
            self._expect(acknowledged == 0, "writes were acknowledged that the standby did not have")
            self._expect(not others, f"writes without standby were answered {others}")
        self._show("seconds without acknowledgement, through HAProxy", round(self.ledger.silence(self.dead, "A"), 1))
        self._show("  with several hosts in DATABASE_URL", round(self.ledger.silence(self.dead, "B"), 1))

    def _hear_revocations(self):
        """What is revoked after the fail-over is refused by every daemon, also by the one that slept."""
        revoked = [write.subject for write in self.ledger.of("sign-out", since=self.dead)]
        self.daemons[2].thaw()
        missed, slowest = self._await_refusal(revoked)
        for daemon in self.daemons:
            sessions = []
            for number in range(5):
                name = f"{daemon.name.lower()}-later-{number}"
                self._acknowledged(daemon, "registration", name, lambda client: client.register(name), 201)
                tokens = self._acknowledged(daemon, "sign-in", name, lambda client: client.sign_in(name), 200)
                sessions.append(Session(name, tokens))
            for other in self.daemons:
                answers = spread([other], sessions, lambda client, session: client.who(session.access)[0])
                self._expect(answers == [200] * 5, f"{other.name} answers {answers} to new sessions of {daemon.name}")
            for session in sessions:
                self._acknowledged(daemon, "sign-out", session, lambda client: client.sign_out(session.access), 200)
            late, seconds = self._await_refusal(sessions)
            revoked, missed, slowest = revoked + sessions, missed + late, max(slowest, seconds)
        self._show("revocations after the fail-over", len(revoked))
        self._show("  missed", len(missed))
        self._show("  seconds until all daemons had heard", round(slowest, 1) if not missed else "never")
        self._expect(not missed, f"{len(missed)} revocations after the fail-over were missed")

    def _continue_audit_log(self):
        """A daemon that has seen more of the audit log than was replicated seals nothing until the operator accepts that."""
        ahead = {daemon for daemon in self.daemons if self.seen[daemon].sequence > self.replicated}
        if not self.synchronous:
            self._expect(len(ahead) == 3, "the fail-over lost nothing that was sealed")

        def decided():
            return all("audit log not sealed" in daemon.log() or daemon.audit_head() > self.seen[daemon]
                       for daemon in self.daemons)

        until(decided, "every daemon to seal or to refuse")
        refusing = {daemon for daemon in self.daemons if "audit log not sealed" in daemon.log()}
        self._show("daemons that did not seal after the fail-over", len(refusing))
        self._expect(ahead <= refusing, "a daemon sealed although the log had lost what it had seen")
        if not refusing:
            return
        operated = min(ahead or refusing, key=lambda daemon: daemon.name)
        status, text = operated.run(["authd", "audit", "verify"])
        self._expect(status == 1 and "The audit log " in text, f"before that, verify ended with {status}: {text}")
        command = shlex.split(self.cluster.page.block("Daemons after a fail-over or a restore", 1))
        # Another daemon may seal in between.
        until(lambda: self._accepts(operated, command), "accepting the loss")
        for daemon in refusing:
            until(lambda: "audit log sealed again" in daemon.log(), f"{daemon.name} seals again")

    def _accepts(self, daemon, command):
        """Accepts the loss as an operator without a terminal does."""
        status, text = daemon.run(command + ["--yes"])
        if status != 0 and "has changed meanwhile" not in text:
            raise RuntimeError(f"{command} ended with {status}: {text}")
        return status == 0

    def _verify_audit_log(self):
        """The log verifies against the head that each daemon has kept, and tells of the loss that was accepted."""
        for daemon in self.daemons:
            status, text = daemon.run(["authd", "audit", "verify"])
            self._expect(status == 0, f"with the settings of {daemon.name}, verify ended with {status}: {text}")
            if not self.synchronous:
                self._expect("restore accepted: " in text and " were lost" in text, f"verify tells of no loss: {text}")

    def _acknowledged(self, daemon, kind, subject, request, status):
        """Sends a write until it is acknowledged."""
        client = Client(daemon)
        return until(
            lambda: self.ledger.perform(kind, daemon.name, subject, lambda: request(client), status),
            f"a {kind} at {daemon.name}")

    def _await_refusal(self, sessions):
        """The sessions whose access token some daemon does not refuse in time, and the seconds that it took."""
        start = time.monotonic()
        left = {daemon: sessions for daemon in self.daemons}
        while any(left.values()) and time.monotonic() < start + HEARING:
            for daemon, waiting in left.items():
                answers = spread([daemon], waiting, lambda client, session: client.who(session.access)[0])
                left[daemon] = [session for session, answer in zip(waiting, answers) if answer != 401]
        unheard = {session for waiting in left.values() for session in waiting}
        return list(unheard), time.monotonic() - start

    def _look_for_writes(self):
        """Every acknowledged write must be in the store, which a daemon knows best that has been told nothing else."""
        fresh = self._start("D", "HAProxy")
        users = [write.subject for write in self.ledger.of("registration")]
        lost_users = self._refused(self.daemons, users, lambda client, user: client.sign_in(user))
        lost_sessions = self._refused(
            self.daemons, self.open, lambda client, session: client.refresh(session.refresh))
        ended = [write.subject for write in self.ledger.of("sign-out")]
        refused = set(self._refused([fresh], ended, lambda client, session: client.who(session.access)))
        undone = [session for session in ended if session not in refused]
        lost = {"registrations": lost_users, "sessions": lost_sessions, "sign-outs": undone}
        total = sum(len(writes) for writes in lost.values())

        self.figures[:0] = [("acknowledged writes", len(self.ledger.of(*KINDS))), ("  lost", total)] + [
            (f"    {kind}", len(writes)) for kind, writes in lost.items() if total]
        if self.synchronous:
            self._expect(total == 0, f"{total} acknowledged writes were lost")
        else:
            known = set(self.heard)
            still = [session for session in undone if session in known]
            counts = [daemon.metric("authd_feed_history_changes_total") for daemon in self.daemons]
            self._show("daemons that noticed the lost end of the feed", sum(count > 0 for count in counts))
            self._expect(all(counts), f"the daemons noticed {counts} times that the feed was replaced")
            accepted, _ = self._await_refusal(still)
            self._show("sign-outs that the store lost, and every daemon had heard", len(still))
            self._show("  still refused by all of them", len(still) - len(accepted))
            self._expect(len(still) >= 30, "too few sign-outs were lost to show anything")
            self._expect(not accepted, "a daemon accepts a session whose revocation it had heard")

    @staticmethod
    def _refused(daemons, items, request):
        """The items of which the answer is 401, and not 200; what is answered otherwise is asked again."""

        def ask(client, item):
            return until(lambda: {200: "there", 401: "gone"}.get(request(client, item)[0]), f"an answer about {item}", 30)

        return [item for item, answer in zip(items, spread(daemons, items, ask)) if answer == "gone"]

    def _change_places(self):
        """The former primary comes back as a standby, and with synchronous replication becomes the primary again."""
        cluster = self.cluster
        cluster.primary.relay.restore()
        cluster.primary.start().becomes("/replica", 90)
        if not self.synchronous:
            return
        cluster.primary.becomes("/synchronous")
        table = cluster.control("list")
        self._expect("db1" in table and "db2" in table, f"patronictl lists\n{table}")
        cluster.control("switchover")
        cluster.primary.becomes("/primary")
        for daemon in self.daemons:
            name = f"{daemon.name.lower()}-last"
            self._acknowledged(daemon, "registration", name, lambda client: client.register(name), 201)
