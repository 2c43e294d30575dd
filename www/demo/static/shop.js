// The shop's only script: the answer to the question about cookies, kept in the shop's own
// cookie and told to Parrain. Without it the same form goes to the server.
window.parrain = typeof parrain == "function" ? parrain : function () { (parrain.q ||= []).push(arguments) }
{
  const page = document.documentElement
  const tell = () => { if (page.dataset.choice !== 'ask') parrain('consent', page.dataset.choice === 'yes') }
  tell()
  document.addEventListener('submit', (event) => {
    if (!event.target.matches('.consent-form')) return
    event.preventDefault()
    const choice = event.submitter?.value ?? 'ask'
    page.dataset.choice = choice
    document.cookie = `shop_consent=${choice}; Path=/; SameSite=Lax; Max-Age=${choice === 'ask' ? 0 : 180 * 86400}`
    if (choice === 'ask') document.querySelector('.consent button').focus()
    tell()
  })
}
