"""A vendor on this machine for the benchmarks: lists of invented records in pages that are made once, and the spec of each list.

Standard library only. The server sends bytes that are ready, so that what is measured is whoever reads them.
"""

import asyncio
import json
import random
import threading



def vocabulary(number=20_000, seed=3):
    """Invented words, and how often each is used: few often, most hardly ever, as in a language."""
    chance = random.Random(seed)
    syllables = [first + second for first in "bcdfghklmnprstvwz" for second in "aeiou"]
    words = list(dict.fromkeys("".join(chance.choices(syllables, k=chance.randrange(2, 5))) for _ in range(2 * number)))
    words = words[:number]
    total, sums = 0.0, []
    for rank in range(len(words)):
        total += 1 / (rank + 2)
        sums.append(total)
    return words, sums


WORDS, SUMS = vocabulary()


def records(kind, number, seed=7):
    """Records of a kind with a text, numbers, times and a nested object, as vendors have them."""
    chance = random.Random(f"{kind}{seed}")
    for index in range(number):
        yield {
            "id": f"{kind[:3]}_{index:08d}",
            "customer": f"cus_{chance.randrange(max(number, 1)):08d}",
            "name": f"{chance.choice(WORDS)} {chance.choice(WORDS)}",
            "note": " ".join(chance.choices(WORDS, cum_weights=SUMS, k=40)),
            "status": chance.choice(["open", "paid", "overdue", "closed"]),
            "amount": chance.randrange(1_000_000),
            "active": chance.random() < 0.5,
            "created_at": f"2026-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}T10:00:00Z",
            "address": {"city": chance.choice(WORDS), "zip": f"{chance.randrange(100000):05d}"},
            "tags": chance.choices(WORDS, k=3),
        }


class Vendor:
    """Serves `/KIND?page=N` with the records of each kind; `next` is the number of the next page."""

    def __init__(self, kinds, size=1000):
        self.pages = {}
        self.bytes = 0
        for kind, number in kinds.items():
            page, found, last = [], 0, max(1, -(-number // size))
            for record in records(kind, number):
                page.append(record)
                if len(page) == size:
                    found += 1
                    self._add(kind, found, page, last)
                    page = []
            if page or not found:
                self._add(kind, found + 1, page, last)
        self.loop = asyncio.new_event_loop()
        started = threading.Event()

        async def serve():
            server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
            self.url = "http://127.0.0.1:%d" % server.sockets[0].getsockname()[1]
            started.set()
            async with server:
                await server.serve_forever()

        threading.Thread(target=lambda: self.loop.run_until_complete(serve()), daemon=True).start()
        started.wait()

    def _add(self, kind, number, page, last):
        lines = [json.dumps(record, separators=(",", ":")) for record in page]
        self.bytes += sum(map(len, lines)) + len(lines)
        after = str(number + 1) if number < last else None
        body = '{"data":[%s],"next":%s}' % (",".join(lines), json.dumps(after))
        head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
        self.pages[f"/{kind}", str(number)] = (head + body).encode()

    async def _answer(self, reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                target = head.split(b" ", 2)[1].decode()
                path, _, query = target.partition("?")
                arguments = dict(part.partition("=")[::2] for part in query.split("&"))
                missing = b"HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\n{}"
                writer.write(self.pages.get((path, arguments.get("page", "1")), missing))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


SPEC = """openapi: 3.1.0
info:
  title: {name}
  version: 1.0.0
  description: A vendor of the benchmarks.
  x-airbyte-connector-name: {name}
  x-airbyte-connector-definition-id: 00000000-1111-4222-8333-{id:012d}
  x-airbyte-external-documentation-urls: []
  x-airbyte-skip-context-store: Nothing is copied there.
  x-airbyte-entity-relationships:
    - {{source_entity: {kind}, target_entity: {kind}, foreign_key: customer, target_key: id, cardinality: many_to_one}}
servers: [{{url: '{url}'}}]
components:
  securitySchemes:
    token:
      type: http
      scheme: bearer
      x-airbyte-auth-config:
        type: object
        properties: {{token: {{type: string, title: Token, description: The token., airbyte_secret: true}}}}
        auth_mapping: {{token: '${{token}}'}}
paths:
  /{kind}:
    get:
      operationId: list_{kind}
      summary: List {kind}
      description: Returns {kind}.
      x-airbyte-entity: {kind}
      x-airbyte-action: list
      x-airbyte-record-extractor: $.data
      x-agent-pagination: {{cursor: {{from: $.next, into: page}}}}
      parameters:
        - {{name: page, in: query, description: Number of the page., schema: {{type: string}}}}
      responses:
        '200':
          description: A page.
          content:
            application/json:
              schema:
                type: object
                properties:
                  next: {{type: [string, 'null']}}
                  data:
                    type: array
                    items:
                      type: object
                      properties:
                        id: {{type: string}}
                        customer: {{type: string}}
                        name: {{type: string}}
                        note: {{type: string}}
                        status: {{type: string}}
                        amount: {{type: integer}}
                        active: {{type: boolean}}
                        created_at: {{type: string, format: date-time}}
                        address: {{type: object, properties: {{city: {{type: string}}, zip: {{type: string}}}}}}
                        tags: {{type: array, items: {{type: string}}}}
"""


def spec(name, kind, url, number=1):
    """The spec of a connector with one list."""
    return SPEC.format(name=name, kind=kind, url=url, id=number)
