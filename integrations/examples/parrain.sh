#!/usr/bin/env bash
# Tells Parrain of an order and of a refund, and signs who is signed in: with bash, curl and openssl alone.
#
#   bash parrain.sh ORDER_ID CODE
#
# The signing key stands in openssl's arguments, which others on the same machine can list: this is for trying things
# out, and for a server of your own.
set -euo pipefail
: "${PARRAIN_EDGE:?the address of your Parrain, such as https://parrain.you.workers.dev}"
: "${PARRAIN_SHOP:?the id of your shop}"
: "${PARRAIN_EVENT_SECRET:?whsec_…, in the desk under Settings, Keys and secrets}"
: "${PARRAIN_IDENTITY_KEY:?pik_…, in the desk under Settings, Keys and secrets}"

hex() { od -An -v -tx1 | tr -d ' \n'; }
url64() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
hmac() { openssl dgst -sha256 -mac HMAC -macopt "hexkey:$1" -binary; }

# Sends one event, given as JSON, and prints the answer. It fails where nothing was recorded.
parrain_send() {
  local body=$1 id now key signature
  id=msg_$(openssl rand -hex 16)
  now=$(date +%s)
  key=$(printf %s "${PARRAIN_EVENT_SECRET#whsec_}" | openssl base64 -d -A | hex)
  signature=$(printf %s "$id.$now.$body" | hmac "$key" | openssl base64 -A)
  # A 4xx is a mistake and names it; send it again later after a 429 or a 5xx.
  curl --silent --show-error --fail-with-body --max-time 10 "$PARRAIN_EDGE/v1/shops/$PARRAIN_SHOP/events" \
    -H 'Content-Type: application/json' -H "webhook-id: $id" -H "webhook-timestamp: $now" \
    -H "webhook-signature: v1,$signature" --data-binary "$body"
  echo
}

# Prints the value of the tag's data-customer, from claims as JSON.
parrain_identity() {
  local key said
  key=$(printf %s "$PARRAIN_IDENTITY_KEY" | hex)
  said=$(printf %s '{"alg":"HS256","typ":"JWT"}' | url64).$(printf %s "$1" | url64)
  echo "$said.$(printf %s "$said" | hmac "$key" | url64)"
}

order=${1:?an order id} code=${2:?a code}
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
parrain_send '{"type": "order.paid", "data": {"order_id": "'"$order"'", "at": "'"$now"'",
  "customer": {"id": "c-7", "email": "bob@example.com", "orders_count": 1},
  "currency": "EUR", "subtotal": "80.00", "discount": "8.00", "shipping": "5.00", "tax": "14.40", "total": "91.40",
  "codes": ["'"$code"'"]}}'
parrain_send '{"type": "order.refunded", "data": {"order_id": "'"$order"'", "at": "'"$now"'",
  "refund_id": "r-'"$order"'", "amount": "36.00"}}'
parrain_identity '{"sub": "c-7", "email": "bob@example.com", "exp": '"$(($(date +%s) + 43200))"'}'
