# SPDX-License-Identifier: Apache-2.0
"""A real mail server that fails as it is told to, and keeps what it takes.

    python3 mail_server.py PORT LETTERS [CERTIFICATE KEY LOGIN:PASSWORD]

Each letter is a line of JSON in the file LETTERS, behind those of an earlier run. After each event it prints `state`, how
many letters of different Message-IDs are there, how many letters at all, and how many faults it has played. With a
certificate it demands STARTTLS and the login.

It is told on its standard input, each in a line:

    fault STEP ACTION     what happens the next time that a client reaches a step
    always STEP ACTION    what happens each time, until `never STEP`
    refuse ADDRESS REPLY  what a client is told who names this recipient, until `accept ADDRESS`
    release               ends all that is held

A step is connect, ehlo, auth, mail, rcpt, data, or content: all of a letter has come, and no answer was given. An
action is a reply; `hangup`; `within`, which hangs up when a part of the letter has come; `hold`, which waits for
`release` and hangs up then; or `slow SECONDS`. A letter whose content was hung up on or held was taken.
"""
import asyncio
import email
import email.policy
import json
import os
import re
import signal
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

once, always, refused = {}, {}, {}
seen, letters, faults = set(), 0, 0
held = []


def tell():
    print("state", len(seen), letters, faults, flush=True)


def apply(line):
    words = line.strip().split(" ", 2)
    match words:
        case ["fault", step, action]:
            once.setdefault(step, []).append(action)
        case ["always", step, action]:
            always[step] = action
        case ["never", step]:
            always.pop(step, None)
        case ["refuse", address, reply]:
            refused[address] = reply
        case ["accept", address]:
            refused.pop(address, None)
        case ["release"]:
            for event in held:
                event.set()
            held.clear()


def keep(session, envelope, is_acknowledged):
    global letters
    message = email.message_from_bytes(envelope.content, policy=email.policy.SMTPUTF8)
    text = message.get_body(preferencelist=("plain",)).get_content()
    link = re.search(r"https?://[^\s<>]*token=[\w-]+", text)
    token = re.search(r"aot_[\w-]+", text)
    code = re.search(r"\b[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}\b", text)
    # What the mails of Supabase's API have: a whole link with its parameters, and a code of digits alone.
    url = re.search(r"https?://[^\s<>]*token=[^\s<>]+", text)
    digits = re.search(r"(?<![\w=%-])\d{6,10}(?![\w%-])", text)
    letter = {
        "recipient": envelope.rcpt_tos[0], "subject": message["subject"], "messageID": message["message-id"],
        "date": message["date"], "link": link and link[0], "token": token and token[0], "code": code and code[0],
        "url": url and url[0], "digits": digits and digits[0],
        "isEncrypted": session.ssl is not None, "isAuthenticated": bool(session.authenticated),
        "isAcknowledged": is_acknowledged}
    with open(sys.argv[2], "a") as file:
        file.write(json.dumps(letter) + "\n")
    letters += 1
    seen.add(message["message-id"])
    tell()


class FaultySMTP(SMTP):
    async def fault(self, step):
        """Plays the fault of a step: the reply that the client gets instead, "" if it gets none, or else None."""
        global faults
        actions = once.get(step)
        action = actions.pop(0) if actions else always.get(step)
        if action is None:
            return None
        faults += 1
        tell()
        if action.startswith("slow "):
            await asyncio.sleep(float(action.removeprefix("slow ")))
            return None
        if action == "hold":
            event = asyncio.Event()
            held.append(event)
            await event.wait()
        if action == "within":
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            await self._reader.read(100)
        if action in ("hold", "within", "hangup"):
            self.transport.close()
            return ""
        return action

    async def replace(self, step, command, argument):
        reply = await self.fault(step)
        if reply is None:
            await command(argument)
        elif reply:
            await self.push(reply)

    async def _handle_client(self):
        reply = await self.fault("connect")
        if reply is None:
            await super()._handle_client()
            return
        if reply:
            await self.push(reply)
        self.transport.close()

    async def smtp_EHLO(self, argument):
        await self.replace("ehlo", super().smtp_EHLO, argument)

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
        if address in refused:
            return refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        action = (once.get("content") or [always.get("content")])[0]
        if action in ("hold", "hangup"):
            keep(session, envelope, False)
        reply = await server.fault("content")
        if reply is not None:
            return reply
        keep(session, envelope, True)
        return "250 2.0.0 queued"


def authenticate(server, session, envelope, mechanism, data):
    login, _, password = sys.argv[5].partition(":")
    matches = isinstance(data, LoginPassword) and data.login == login.encode() and data.password == password.encode()
    return AuthResult(success=matches, handled=False)


def listen(loop):
    while True:
        line = sys.stdin.readline()
        if not line:
            os._exit(0)
        loop.call_soon_threadsafe(apply, line)


def remember():
    global letters
    if os.path.exists(sys.argv[2]):
        with open(sys.argv[2]) as file:
            for line in file:
                seen.add(json.loads(line)["messageID"])
                letters += 1


async def main():
    loop = asyncio.get_running_loop()
    remember()
    # Between two steps: whom a letter was taken from, it has been told so.
    loop.add_signal_handler(signal.SIGTERM, os._exit, 0)
    options = {"hostname": "mail.test"}
    if len(sys.argv) > 3:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(sys.argv[3], sys.argv[4])
        options |= {"tls_context": context, "require_starttls": True, "authenticator": authenticate,
                    "auth_required": True}
    server = await loop.create_server(lambda: FaultySMTP(Handler(), **options), "127.0.0.1", int(sys.argv[1]))
    tell()
    loop.run_in_executor(None, listen, loop)
    await server.serve_forever()


asyncio.run(main())
