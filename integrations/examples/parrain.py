"""Tells Parrain of orders and refunds, and signs who is signed in. Python 3.9 or newer, nothing to install."""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid


def send(kind, data):
    """Sends one event and hands back the answer; raises where nothing was recorded."""
    body = json.dumps({"type": kind, "data": data}).encode()
    ident, now = "msg_" + uuid.uuid4().hex, str(int(time.time()))
    key = base64.b64decode(os.environ["PARRAIN_EVENT_SECRET"].removeprefix("whsec_"))
    mac = hmac.new(key, f"{ident}.{now}.".encode() + body, hashlib.sha256).digest()
    request = urllib.request.Request(
        f"{os.environ['PARRAIN_EDGE']}/v1/shops/{os.environ['PARRAIN_SHOP']}/events",
        body,
        {
            "Content-Type": "application/json",
            "webhook-id": ident,
            "webhook-timestamp": now,
            "webhook-signature": "v1," + base64.b64encode(mac).decode(),
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        # A 4xx is a mistake and names it; send it again later after a 429, a 5xx or no answer.
        raise RuntimeError(f"Parrain answered {error.code}: {error.read().decode()}") from error


def identity(customer_id, email):
    """The value of the tag's data-customer."""

    def url64(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=")

    claims = {"sub": customer_id, "email": email, "exp": int(time.time()) + 43200}
    said = url64(b'{"alg":"HS256","typ":"JWT"}') + b"." + url64(json.dumps(claims).encode())
    mac = hmac.new(os.environ["PARRAIN_IDENTITY_KEY"].encode(), said, hashlib.sha256).digest()
    return (said + b"." + url64(mac)).decode()


# Tried out by: python3 parrain.py ORDER_ID CODE
if __name__ == "__main__":
    order, code = sys.argv[1:3]
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    print(json.dumps(send("order.paid", {
        "order_id": order, "at": at,
        "customer": {"id": "c-7", "email": "bob@example.com", "orders_count": 1},
        "currency": "EUR", "subtotal": "80.00", "discount": "8.00", "shipping": "5.00", "tax": "14.40",
        "total": "91.40", "codes": [code],
    })))
    print(json.dumps(send("order.refunded", {
        "order_id": order, "at": at, "refund_id": f"r-{order}", "amount": "36.00",
    })))
    print(identity("c-7", "bob@example.com"))
