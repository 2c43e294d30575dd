// Reads a made-up export of Shopify's shape in pieces, tries a program on it, and prints what both took.
import { readFileSync } from 'node:fs'
import { initSync, TryOut } from './glue.mjs'

initSync({ module: readFileSync(new URL('./small.wasm', import.meta.url)) })
const orders = Number(process.argv[2])
const lines = ['Name,Email,Financial Status,Paid at,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Created at,Lineitem quantity,Lineitem name,Refunded Amount']
for (let number = 0; number < orders; number += 1) {
  const cents = 1000 + (number * 7919) % 20000
  const at = new Date(Date.UTC(2025, 0, 1) + Math.floor(number * 365 * 86400000 / orders)).toISOString().replace('T', ' ').slice(0, 19)
  const code = number % 5 ? '' : `REF-${number % 400}`
  const back = number % 12 ? '0.00' : (cents / 100).toFixed(2)
  lines.push(`#${number},customer${(number * 31) % Math.ceil(orders / 2)}@gmail.com,paid,${at} +0100,fulfilled,EUR,${(cents / 100).toFixed(2)},5.00,0.00,${((cents + 500) / 100).toFixed(2)},${code},0.00,${at} +0100,1,"Vase, blue",${back}`)
}
const file = Buffer.from(lines.join('\n'))
const program = { name: 'Shop', currency: 'EUR', landing_url: 'https://shop.example/', offers: [{ id: 'friends', audience: 'customer', friend: { reward: { kind: 'percent_off', percent: '10' } }, advocate: { reward: { kind: 'commission', percent: '8', tiers: [{ from: 10, percent: '10' }] }, on: 'sale', orders: 'lifetime', hold_days: 14, max_per_month: 20 } }] }
const tryOut = new TryOut(JSON.stringify({ language: 'en', zone: { first: 3600, changes: [] }, now: '2026-01-01T00:00:00Z', program }))
const took = (name, does) => {
  const began = performance.now()
  const before = process.cpuUsage()
  const answer = does()
  const time = performance.now() - began
  const { user, system } = process.cpuUsage(before)
  const cpu = (user + system) / 1000
  console.log(`  ${name.padEnd(44)}${time.toFixed(0).padStart(8)} ms${cpu.toFixed(0).padStart(10)} ms`)
  return { time, cpu, answer }
}
console.log(`\n${orders.toLocaleString('en')} orders, ${(file.length / 1e6).toFixed(1)} MB`)
console.log(`  ${''.padEnd(44)}${'time'.padStart(11)}${'CPU'.padStart(13)}`)
const read = took('reading the file in pieces of 1 MB', () => {
  tryOut.begin({})
  for (let at = 0; at < file.length; at += 1 << 20) tryOut.feed(file.subarray(at, at + (1 << 20)))
  tryOut.end()
  return tryOut.told()
})
if (read.answer.orders !== orders) throw new Error(`${read.answer.orders} of ${orders} orders were read`)
const codes = took('trying it by the codes on the orders', () => tryOut.run({ offer: 'friends', referrals: { codes: [] } }, () => {}))
const assumed = took('trying it by an assumed tenth', () => tryOut.run({ offer: 'friends', referrals: { assumed: { share: 100000, seed: 1, partners: 10 } } }, () => {}))
if (!codes.answer.includes('result-title') || !assumed.answer.includes('result-title')) throw new Error('nothing was drawn')
console.log(`  ${'reading, and trying it by codes'.padEnd(44)}${(read.time + codes.time).toFixed(0).padStart(8)} ms${(read.cpu + codes.cpu).toFixed(0).padStart(10)} ms`)
