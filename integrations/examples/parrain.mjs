// Tells Parrain of orders and refunds, and signs who is signed in. Node 20 or newer, nothing to install.

import { createHmac, randomUUID } from 'node:crypto'
import { pathToFileURL } from 'node:url'

const { PARRAIN_EDGE, PARRAIN_SHOP, PARRAIN_EVENT_SECRET, PARRAIN_IDENTITY_KEY } = process.env

/** Sends one event and hands back the answer; throws where nothing was recorded. */
export async function send(type, data) {
  const body = JSON.stringify({ type, data })
  const id = 'msg_' + randomUUID()
  const now = String(Math.floor(Date.now() / 1000))
  const key = Buffer.from(PARRAIN_EVENT_SECRET.replace(/^whsec_/, ''), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${now}.${body}`).digest('base64')
  const answer = await fetch(`${PARRAIN_EDGE}/v1/shops/${PARRAIN_SHOP}/events`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': now,
      'webhook-signature': 'v1,' + signature,
    },
    signal: AbortSignal.timeout(10_000),
  })
  // A 4xx is a mistake and names it; send it again later after a 429, a 5xx or no answer.
  if (answer.status !== 200) throw new Error(`Parrain answered ${answer.status}: ${await answer.text()}`)
  return answer.json()
}

/** The value of the tag's data-customer. */
export function identity(id, email) {
  const url64 = text => Buffer.from(text).toString('base64url')
  const claims = { sub: id, email, exp: Math.floor(Date.now() / 1000) + 43200 }
  const said = url64('{"alg":"HS256","typ":"JWT"}') + '.' + url64(JSON.stringify(claims))
  return said + '.' + createHmac('sha256', PARRAIN_IDENTITY_KEY).update(said).digest('base64url')
}

// Tried out by: node parrain.mjs ORDER_ID CODE
if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [order, code] = process.argv.slice(2)
  const at = new Date().toISOString()
  console.log(JSON.stringify(await send('order.paid', {
    order_id: order, at,
    customer: { id: 'c-7', email: 'bob@example.com', orders_count: 1 },
    currency: 'EUR', subtotal: '80.00', discount: '8.00', shipping: '5.00', tax: '14.40', total: '91.40',
    codes: [code],
  })))
  console.log(JSON.stringify(await send('order.refunded', {
    order_id: order, at, refund_id: `r-${order}`, amount: '36.00',
  })))
  console.log(identity('c-7', 'bob@example.com'))
}
