// Only makes easier what works without it.
const all = (selector, within = document) => [...within.querySelectorAll(selector)]
document.documentElement.classList.add('script')

// "/" leads to the search, Escape closes what is open.
addEventListener('keydown', (event) => {
  const typing = event.target.closest?.('input, select, textarea, [contenteditable]')
  if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const find = document.getElementById('find')
    if (find) { event.preventDefault(); find.focus() }
  }
  if (event.key === 'Escape') for (const open of all('.bar details[open]')) { open.open = false; open.firstElementChild.focus() }
})
// A link to come in has its key behind the "#", where no server sees it.
const key = document.getElementById('key')
if (key && location.hash.length > 1) {
  key.value = decodeURIComponent(location.hash.slice(1))
  history.replaceState(null, '', location.pathname)
}

addEventListener('click', (event) => {
  for (const open of all('.bar details[open]')) if (!open.contains(event.target)) open.open = false
  const button = event.target.closest?.('button')
  if (!button) return
  if ('print' in button.dataset) print()
  if ('copy' in button.dataset) navigator.clipboard?.writeText(button.dataset.copy).then(() => {
    const text = button.textContent
    button.textContent = button.dataset.done
    setTimeout(() => { button.textContent = text }, 2000)
  })
})

// Of an offer, the fields alone that its kind of reward and its orders have.
const members = {
  percent_off: ['percent'], commission: ['percent', 'tiers', 'categories'], points: ['points'], free_product: ['sku'],
  access: ['label'], free_shipping: [], amount_off: ['amount'], gift_card: ['amount'], store_credit: ['amount'], cash: ['amount'],
}
const show = (name, shown) => { for (const input of all(`[name="${name}"]`)) { const field = input.closest('.field'); if (field) field.hidden = !shown } }
const fit = (select) => {
  const name = select.name.replace(/\.kind$/, '')
  if (name === select.name) for (const member of ['count', 'months']) show(`${name}.${member}`, select.value === member)
  else for (const member of new Set(Object.values(members).flat())) show(`${name}.${member}`, members[select.value]?.includes(member) ?? true)
  for (const more of all('details', select.form)) more.hidden = all('.field', more).every((field) => field.hidden) && all('.field', more).length > 0
}
for (const select of all('select[name$=".reward.kind"], select[name="advocate.orders"]')) { fit(select); select.addEventListener('change', () => fit(select)) }

// The preview follows the form.
for (const fields of all('[data-preview]')) {
  const frame = document.getElementById(fields.dataset.preview)
  let timer
  fields.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      const url = new URL(frame.src)
      url.search = new URLSearchParams(all('[name]', fields).filter((field) => field.value).map((field) => [field.name, field.value]))
      frame.src = url.href
    }, 300)
  })
}

// What is waited for shows by itself.
for (const { dataset } of all('[data-poll]')) {
  const again = async () => {
    if (!document.hidden) try {
      const answer = await fetch(location.href, { credentials: 'same-origin' })
      const fresh = answer.ok && new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('[data-poll]')
      const now = document.querySelector('[data-poll]')
      if (fresh && now && fresh.innerHTML !== now.innerHTML) now.innerHTML = fresh.innerHTML
    } catch { /* tried again */ }
    setTimeout(again, dataset.poll * 1000)
  }
  setTimeout(again, dataset.poll * 1000)
}
// What goes on by presses presses itself; who leaves the page stops it.
for (const button of all('[data-goes-on]')) setTimeout(() => button.form.requestSubmit(button), 400)
