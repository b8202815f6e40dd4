# SPDX-License-Identifier: Apache-2.0
"""A real SMTP server for the tests: prints its port, keeps what it takes, ends when its standard input does.

Each message is written to FOLDER/<number>.json before it is acknowledged, read by Python's own mail parser.
"""

import argparse
import asyncio
import email
import email.policy
import json
import os
import sys
from email.header import decode_header, make_header
from email.utils import parseaddr

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from certificate import make_context

arguments = argparse.ArgumentParser()
arguments.add_argument("folder")
arguments.add_argument("--tls", choices=["none", "starttls", "implicit"], default="none")
arguments.add_argument("--login", help="user:password that every client must present")
arguments.add_argument("--reply-to-rcpt")
arguments.add_argument("--reply-to-data", help="{body} becomes the message's text part on one line")
arguments.add_argument("--smtputf8", action="store_true")
arguments.add_argument("--silent", action="store_true", help="accept connections and say nothing")
arguments.add_argument(
    "--faults", default="",
    help="STEP=ACTION;...: one after the other, each when its step comes: a reply, hangup, or silence, which is told")
arguments.add_argument("--one-message", action="store_true", help="answer 421 to the second MAIL of a connection")
settings = arguments.parse_args()
faults = [fault.split("=", 1) for fault in settings.faults.split(";") if fault]
taken = 0


def part(message, subtype):
    found = message.get_body(preferencelist=(subtype,))
    return found.get_content().replace("\r\n", "\n") if found else None


def display_name(content, field):
    """By the old parser: the new one leaves the white space between two encoded words in."""
    raw = str(email.message_from_bytes(content)[field]).replace("\r\n", "")
    return str(make_header(decode_header(parseaddr(raw)[0])))


class FaultySMTP(SMTP):
    async def fails(self, step):
        """Plays the next fault if it belongs to this step; the reply that the client gets instead, perhaps none."""
        if not faults or faults[0][0] != step:
            return None
        action = faults.pop(0)[1]
        if action == "silence":
            print(step, flush=True)
            await asyncio.Event().wait()
        if action == "hangup":
            self.transport.close()
            return ""
        return action

    async def replace(self, step, command, argument):
        reply = await self.fails(step)
        if reply is None:
            await command(argument)
        elif reply:
            await self.push(reply)

    async def _handle_client(self):
        reply = await self.fails("connect")
        if reply is None:
            await super()._handle_client()
            return
        if reply:
            await self.push(reply)
        self.transport.close()

    async def smtp_EHLO(self, argument):
        await self.replace("ehlo", super().smtp_EHLO, argument)

    async def smtp_STARTTLS(self, argument):
        await self.replace("starttls", super().smtp_STARTTLS, argument)

    async def smtp_AUTH(self, argument):
        await self.replace("auth", super().smtp_AUTH, argument)

    async def smtp_MAIL(self, argument):
        await self.replace("mail", super().smtp_MAIL, argument)

    async def smtp_RCPT(self, argument):
        await self.replace("rcpt", super().smtp_RCPT, argument)

    async def smtp_DATA(self, argument):
        await self.replace("data", super().smtp_DATA, argument)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if settings.reply_to_rcpt:
            return settings.reply_to_rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_MAIL(self, server, session, envelope, address, options):
        if settings.one_message and getattr(session, "taken", False):
            return "421 4.3.2 this connection has served its time"
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        global taken
        # Here a server that hangs up has taken the message before.
        fault = await server.fails("content")
        if fault:
            return fault
        message = email.message_from_bytes(envelope.content, policy=email.policy.SMTPUTF8)
        text = part(message, "plain")
        if settings.reply_to_data:
            reply = settings.reply_to_data.replace("{body}", " ".join((text or "").split()))
            return reply.encode("ascii", "replace").decode()
        record = {
            "raw": envelope.content.decode("latin-1"),
            "mailFrom": envelope.mail_from,
            "recipients": envelope.rcpt_tos,
            "client": session.host_name,
            "peer": "%s:%d" % session.peer[:2],
            "isEncrypted": session.ssl is not None or settings.tls == "implicit",
            "login": session.auth_data.login.decode() if session.authenticated else None,
            "from": display_name(envelope.content, "from"),
            "to": display_name(envelope.content, "to"),
            "subject": message["subject"],
            "headers": [name.lower() for name in message.keys()],
            "contentType": message.get_content_type(),
            "date": message["date"].datetime.isoformat(),
            "text": text,
            "html": part(message, "html"),
            "defects": [str(defect) for item in message.walk() for defect in item.defects]
            + [str(defect) for value in message.values() for defect in value.defects],
        }
        with open(os.path.join(settings.folder, "%d.json" % taken), "w") as file:
            json.dump(record, file)
        taken += 1
        session.taken = True
        return "250 2.0.0 queued"


def authenticate(server, session, envelope, mechanism, data):
    user, _, password = settings.login.partition(":")
    matches = isinstance(data, LoginPassword) and data.login == user.encode() and data.password == password.encode()
    return AuthResult(success=matches, auth_data=data, handled=matches)


async def main():
    loop = asyncio.get_running_loop()
    context = None if settings.tls == "none" else make_context(settings.folder)
    options = {"enable_SMTPUTF8": settings.smtputf8, "hostname": "mail.test"}
    if settings.login:
        options |= {"authenticator": authenticate, "auth_required": True, "auth_require_tls": False}
    if settings.tls == "starttls":
        options |= {"tls_context": context, "require_starttls": True}
    protocol = asyncio.Protocol if settings.silent else lambda: FaultySMTP(Handler(), **options)
    server = await loop.create_server(
        protocol, "127.0.0.1", 0, ssl=context if settings.tls == "implicit" else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    os._exit(0)


asyncio.run(main())
