/*
 * The desk's page on which a program is tried: takes the file, asks the worker (EDGE_WORKER), and puts what that draws
 * into the page. The page's policy lets it ask the network for nothing.
 */
const at = (id) => document.getElementById(id)
const home = at('try')
const words = JSON.parse(home.dataset.words)
const { program } = JSON.parse(home.dataset.setUp)
let worker, file, wishes, others, codes, orders, busy

const say = (text) => { at('state').textContent = text }
const work = (on) => {
  busy = on
  at('progress').hidden = at('cancel').hidden = !on
  if (on) at('progress').value = 0
}
const percent = (word, number) => {
  at('progress').value = number
  // Said now and then: a reader that speaks would speak of nothing else.
  if (number % 25 === 0) say(words[word].replace('{}', number))
}

// What is drawn anew keeps the keyboard where it was.
const draw = (id, html) => {
  const focused = document.activeElement?.id
  const open = [...at(id).querySelectorAll('details')].map((each) => each.open)
  at(id).innerHTML = html
  at(id).querySelectorAll('details').forEach((each, place) => { each.open ||= open[place] ?? false })
  if (focused && document.activeElement === document.body) at(focused)?.focus()
}

const begin = () => {
  worker = new Worker(EDGE_WORKER)
  worker.onmessage = ({ data }) => heard(data)
  worker.onerror = () => { stop(words.failed) }
  worker.postMessage({ kind: 'set_up', setUp: home.dataset.setUp })
}
const stop = (text) => {
  worker?.terminate()
  worker = undefined
  work(false)
  say(text)
}
const send = (message) => {
  // Whoever asks again asks in place of what was asked before.
  if (busy) { worker?.terminate(); worker = undefined }
  const fresh = !worker
  if (fresh) begin()
  work(true)
  if (fresh && message.kind === 'run') worker.postMessage({ kind: 'file', file, wishes })
  else worker.postMessage(message)
}

const asked = () => {
  const offer = at('offer').value
  const by = at('by').value
  const share = Math.round(Math.min(100, Math.max(0, Number(at('share').value) || 0)) * 10000)
  const partners = Math.max(1, Math.floor(Number(at('partners').value) || 1))
  return { offer, referrals: by === 'codes' ? { codes: [...others] } : { assumed: { share, seed: 1, partners } } }
}
const fit = () => {
  const assumed = at('by').value === 'assumed'
  const customers = program.offers.find((offer) => offer.id === at('offer').value)?.audience === 'customer'
  for (const field of document.querySelectorAll('.assumed')) field.hidden = !assumed || (customers && field.matches('.partners'))
}
const run = () => { fit(); if (file) send({ kind: 'run', asked: asked() }) }
const read = () => { send({ kind: 'file', file, wishes }) }

const heard = (data) => {
  if (data.kind === 'reading' || data.kind === 'trying') percent(data.kind, data.percent)
  if (data.kind === 'unreadable') { draw('columns', ''); draw('result', ''); at('asked').hidden = true; work(false); say(words[data.why] ?? words.failed) }
  if (data.kind === 'failed') stop(words.failed)
  if (data.kind === 'read') {
    draw('columns', data.columns)
    if (codes === undefined) at('by').value = data.codes ? 'codes' : 'assumed'
    codes = data.codes
    orders = data.orders
    at('asked').hidden = data.missing
    if (data.missing) { draw('result', ''); work(false); say('') } else { fit(); worker.postMessage({ kind: 'run', asked: asked() }) }
  }
  if (data.kind === 'result') { work(false); draw('result', data.result); at('result').dataset.orders = orders; say(words.done) }
}

const take = (chosen) => {
  if (!chosen) return
  file = chosen
  wishes = { columns: {}, statuses: {} }
  others = new Set()
  codes = undefined
  draw('result', '')
  read()
}

home.hidden = false
at('file').addEventListener('change', ({ target }) => take(target.files[0]))
at('cancel').addEventListener('click', () => { stop(words.stopped); at('file').focus() })
for (const kind of ['dragover', 'drop']) at('drop').addEventListener(kind, (event) => event.preventDefault())
at('drop').addEventListener('drop', ({ dataTransfer }) => take(dataTransfer.files[0]))
at('asked').addEventListener('change', run)
at('columns').addEventListener('change', ({ target }) => {
  const { column, status } = target.dataset
  if (column !== undefined) wishes.columns[column] = target.value || null
  else if (status !== undefined) wishes.statuses[status] = target.value
  else wishes[target.id] = target.value === 'true'
  read()
})
at('result').addEventListener('change', ({ target }) => {
  const { other } = target.dataset
  if (other === undefined) return
  if (target.checked) others.add(other)
  else others.delete(other)
  run()
})
