"""A mail server that shares no line with Canvass: aiosmtpd takes the mail, Python's email package reads it.

Argument: a folder. Writes `port` there, then one line of JSON a mail to `mails`.
"""

import asyncio
import email
import email.policy
import json
import os
import re
import sys

from aiosmtpd.smtp import SMTP


class Reader:
    """Reads each mail as a mail program would."""

    def __init__(self, folder):
        self.log = open(os.path.join(folder, "mails"), "a", encoding="utf-8")

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        parts = {kind: mail.get_body((kind,)) for kind in ("plain", "html")}
        texts = {kind: part.get_content() if part else "" for kind, part in parts.items()}
        link = re.compile(r"https://[^\s\"<>]+/s/[A-Za-z0-9_-]+")
        line = {
            "id": mail["Message-ID"],
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "header_to": mail["To"].addresses[0].addr_spec,
            "subject": mail["Subject"],
            "type": mail.get_content_type(),
            "links": {kind: sorted(set(link.findall(text))) for kind, text in texts.items()},
            "defects": [str(d) for part in mail.walk() for d in part.defects],
        }
        self.log.write(json.dumps(line, ensure_ascii=False) + "\n")
        self.log.flush()
        return "250 taken"


async def main(folder):
    loop = asyncio.get_running_loop()
    reader = Reader(folder)
    server = await loop.create_server(lambda: SMTP(reader, hostname="mx.example.org"), "127.0.0.1", 0)
    fresh = os.path.join(folder, "port.new")
    with open(fresh, "w", encoding="ascii") as file:
        file.write(str(server.sockets[0].getsockname()[1]))
    os.rename(fresh, os.path.join(folder, "port"))
    await server.serve_forever()


asyncio.run(main(sys.argv[1]))
