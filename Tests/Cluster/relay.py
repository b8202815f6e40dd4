# SPDX-License-Identifier: Apache-2.0
"""The way from the standby to the primary, which can be cut."""

import socket
import threading


class Relay:
    """Passes connections on to a port, until it is held and then dropped."""

    def __init__(self, port, target):
        self.port, self.target = port, target
        self.changed = threading.Condition()
        self.is_held = self.is_dropped = False
        self.sending = 0
        self.sockets = []
        self.listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._accept, daemon=True).start()

    def hold(self):
        """From now on nothing passes in either direction, and both ends believe that the other one is slow."""
        with self.changed:
            self.is_held = True
            self.changed.wait_for(lambda: self.sending == 0)

    def drop(self):
        """Ends every connection, without passing on what was held."""
        with self.changed:
            self.is_dropped = True
            self.changed.notify_all()
        for end in self.sockets:
            _shut(end)

    def restore(self):
        """Passes new connections on again."""
        with self.changed:
            self.is_held = self.is_dropped = False

    def _accept(self):
        while True:
            near, _ = self.listener.accept()
            try:
                far = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                near.close()
                continue
            self.sockets += [near, far]
            for ends in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=ends, daemon=True).start()

    def _pump(self, source, sink):
        try:
            while data := source.recv(65536):
                if not self._may_send():
                    break
                try:
                    sink.sendall(data)
                finally:
                    self._has_sent()
        except OSError:
            pass
        _shut(source)
        _shut(sink)

    def _may_send(self):
        with self.changed:
            self.changed.wait_for(lambda: self.is_dropped or not self.is_held)
            if not self.is_dropped:
                self.sending += 1
            return not self.is_dropped

    def _has_sent(self):
        with self.changed:
            self.sending -= 1
            self.changed.notify_all()


def _shut(end):
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
