"""For Locust: one GET in nine, bodies of the size in BODY_BYTES, the answer's JSON parsed, no wait time.

`locust -f locustfile.py Fast` or `Requests` chooses the client. CPU is counted from the start of the test.
"""

import json
import os
import time

from locust import FastHttpUser, HttpUser, constant, events

SHELL = {"user_id": "00000000-0000-4000-8000-000000000000", "context": "", "previous_messages": []}
SIZE = int(os.environ["BODY_BYTES"])
BODY = json.dumps({**SHELL, "context": "x" * max(0, SIZE - len(json.dumps(SHELL)))})
HEADERS = {"content-type": "application/json", "accept": "application/json"}
begun = [0.0]


def health(user):
    user.client.get("/health").json()


def question(user):
    answer = user.client.post("/mcp/v1/sequential-questioning", data=BODY, headers=HEADERS)
    assert answer.json()["conversation_id"]


class Fast(FastHttpUser):
    """Locust's client over geventhttpclient."""

    wait_time = constant(0)
    tasks = {health: 1, question: 8}


class Requests(HttpUser):
    """Locust's client over requests."""

    wait_time = constant(0)
    tasks = {health: 1, question: 8}


@events.test_start.add_listener
def note_start(**_):
    begun[0] = time.process_time()


@events.test_stop.add_listener
def tell(environment, **_):
    total = environment.stats.total
    report = {"requests": total.num_requests, "failed": total.num_failures, "cpu": time.process_time() - begun[0]}
    print(json.dumps(report), flush=True)
