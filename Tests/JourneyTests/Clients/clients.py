# SPDX-License-Identifier: Apache-2.0
"""Many clients at once: sends the requests of a plan and writes down how each was answered.

    python3 clients.py PLAN ANSWERS

A plan is a list of groups. The scripts of a group are shared out among so many clients, each with connections of its
own that it keeps. A script is a list of stages: the requests of one are sent at once, and the next begins when all of
them are answered. `${name}` in a request stands for the string of that name in an earlier answer of its script.

A request with `until` is sent again until the answer has that status, one with `unless` while it has that one. A group
that `repeats` takes its scripts up again until all other groups are done. A client rests for `pause` seconds after each
script. An answer with status 0 did not come: `error` says what came instead.
"""
import asyncio
import json
import string
import sys
import time

# Whatever takes longer counts as hanging.
PATIENCE = 60


class Connection:
    """One connection, kept open from answer to answer."""

    def __init__(self, base):
        self.base = base
        self.host, port = base.removeprefix("http://").split(":")
        self.port = int(port)
        self.writer = None

    async def send(self, request, fill):
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
        body = fill(request.get("json") or "").encode()
        lines = [f"{request['method']} {fill(request['path'])} HTTP/1.1", f"host: {self.host}:{self.port}"]
        if request.get("token"):
            lines.append("authorization: Bearer " + fill(request["token"]))
        if request.get("source"):
            lines.append("x-forwarded-for: " + request["source"])
        if body:
            lines.append("content-type: application/json")
        if body or request["method"] == "POST":
            lines.append(f"content-length: {len(body)}")
        self.writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        body = await self.reader.readexactly(int(fields.get("content-length", 0)))
        if fields.get("connection") == "close":
            self.close()
        return int(head[0].split(" ")[1]), fields, body.decode()

    def close(self):
        if self.writer is not None:
            self.writer.close()
            self.writer = None


class Client:
    def __init__(self):
        self.idle = {}

    async def exchange(self, request, variables, began):
        """Sends a request until it is answered as it wants to be."""
        fill = lambda text: string.Template(text).safe_substitute({**request["variables"], **variables})
        start = time.monotonic()
        while True:
            answer = await self.once(request, fill, began)
            is_wanted = request.get("until") in (None, answer["status"]) and request.get("unless") != answer["status"]
            waited = time.monotonic() - start
            if is_wanted or waited > PATIENCE:
                return answer
            # Questions take time from the server that is to get ready: the more rarely the longer it takes, but for those
            # that are to see the first change of an answer.
            rare = 0 if request.get("unless") else waited / 10
            await asyncio.sleep(min(max(0.005, rare), 0.1))

    async def once(self, request, fill, began):
        idle = self.idle.setdefault(request["base"], [])
        connection = idle.pop() if idle else Connection(request["base"])
        try:
            status, fields, body = await asyncio.wait_for(connection.send(request, fill), PATIENCE)
        except (OSError, EOFError, asyncio.TimeoutError) as error:
            connection.close()
            return {"status": 0, "seconds": time.monotonic() - began, "error": repr(error)}
        idle.append(connection)
        return {
            "status": status, "seconds": time.monotonic() - began, "body": body,
            "retryAfter": fields.get("retry-after")}

    async def play(self, script, variables, answered):
        """Plays a script to its end."""
        stages = []
        for stage in script:
            began = time.monotonic()
            answers = await asyncio.gather(*(self.exchange(request, variables, began) for request in stage))
            for request, answer in zip(stage, answers):
                if answer.get("body", "").startswith("{"):
                    members = json.loads(answer["body"]).items()
                    variables.update((name, value) for name, value in members if isinstance(value, str))
                if not request.get("keepsBody") and answer["status"] < 500:
                    answer.pop("body", None)
                answered(answer)
            stages.append(answers)
        return stages

    def close(self):
        for connections in self.idle.values():
            for connection in connections:
                connection.close()


class Group:
    def __init__(self, plan, progress):
        self.plan = plan
        self.progress = progress
        self.answers = []

    async def run(self, others_are_done):
        scripts = self.plan["scripts"]
        variables = [{} for _ in scripts]
        while True:
            answers = [None] * len(scripts)
            queue = list(enumerate(scripts))[::-1]

            async def work():
                client = Client()
                while queue:
                    index, script = queue.pop()
                    answers[index] = await client.play(script, variables[index], self.progress)
                    await asyncio.sleep(self.plan["pause"])
                client.close()

            await asyncio.gather(*(work() for _ in range(self.plan["clients"])))
            self.answers += answers
            if not self.plan["repeats"] or others_are_done.is_set():
                return


async def main(plan, answers):
    with open(plan) as file:
        plans = json.load(file)
    count = 0

    def progress(answer):
        nonlocal count
        if 200 <= answer["status"] < 300:
            count += 1
            print("succeeded", count, flush=True)

    done = asyncio.Event()
    groups = [Group(plan, (lambda _: None) if plan["repeats"] else progress) for plan in plans]
    running = [asyncio.create_task(group.run(done)) for group in groups]
    await asyncio.gather(*(task for task, plan in zip(running, plans) if not plan["repeats"]))
    done.set()
    await asyncio.gather(*running)
    with open(answers, "w") as file:
        json.dump([group.answers for group in groups], file)


asyncio.run(main(*sys.argv[1:]))
