"""Reads .eml files with Python's email module and says what another program sees in them.

Usage: read_mail.py FILE...   One JSON object per file on standard output.
"""

import email
import email.policy
import html.parser
import json
import re
import sys


class Links(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.links, self.language = [], None

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "a" and attributes.get("href", "").startswith("http"):
            self.links.append(attributes["href"])
        if tag == "html":
            self.language = attributes.get("lang")


def defects(part):
    found = [type(d).__name__ for d in part.defects]
    for header in part.values():
        found += [type(d).__name__ for d in getattr(header, "defects", [])]
    return found + [d for sub in (part.iter_parts() if part.is_multipart() else []) for d in defects(sub)]


def read(path):
    raw = open(path, "rb").read()
    message = email.message_from_bytes(raw, policy=email.policy.default)
    parts = list(message.iter_parts()) if message.is_multipart() else [message]
    text = message.get_body(("plain",))
    page = message.get_body(("html",))
    links = Links()
    links.feed(page.get_content() if page else "")
    lines = raw.split(b"\r\n")
    return {
        "type": message.get_content_type(),
        "parts": [p.get_content_type() for p in parts],
        "charsets": [p.get_content_charset() for p in parts],
        "subject": str(message["subject"]),
        "from_name": message["from"].addresses[0].display_name,
        "to": message["to"].addresses[0].addr_spec,
        "date": message["date"].datetime.isoformat(),
        "unsubscribe": str(message["list-unsubscribe"] or ""),
        "one_click": str(message["list-unsubscribe-post"] or ""),
        "auto": str(message["auto-submitted"] or ""),
        "headers_once": all(
            len(message.get_all(h, [])) == 1 for h in ("from", "to", "subject", "date", "message-id", "mime-version")
        ),
        "defects": defects(message),
        "text": text.get_content() if text else "",
        "text_links": re.findall(r"http://[^\s<>]+", text.get_content() if text else ""),
        "html_links": links.links,
        "language": links.language,
        "longest_line": max(len(line) for line in lines),
        "bare_newlines": b"\n" in raw.replace(b"\r\n", b""),
        "only_ascii": all(b < 128 for b in raw),
    }


for file in sys.argv[1:]:
    print(json.dumps(read(file), ensure_ascii=False))
