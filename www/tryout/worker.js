/*
 * Reads an export and tries a program on it, beside the page, which answers meanwhile. The wasm stands in this file: it
 * is served with a policy by which it may ask the network for nothing, and so has nowhere to send anything.
 */
import { initSync, TryOut } from './parrain_tryout_page.js'
import wasm from './small.wasm'

const PIECE = 1 << 20
let tryOut, file

const read = async (wishes) => {
  tryOut.begin(wishes)
  for (let at = 0; at < file.size; at += PIECE) {
    const unreadable = tryOut.feed(new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer()))
    if (unreadable) return unreadable
    postMessage({ kind: 'reading', percent: Math.min(100, Math.floor((at + PIECE) * 100 / file.size)) })
  }
  return tryOut.end()
}

onmessage = async ({ data }) => {
  try {
    if (data.kind === 'set_up') {
      initSync({ module: wasm })
      tryOut = new TryOut(data.setUp)
    }
    if (data.kind === 'file') {
      file = data.file
      let answer = await read(data.wishes)
      // Days and months that were taken for each other.
      if (typeof answer === 'object') answer = await read({ ...answer, ...data.wishes, day_first: answer.day_first })
      if (typeof answer === 'string') postMessage({ kind: 'unreadable', why: answer })
      else postMessage({ kind: 'read', ...tryOut.told() })
    }
    if (data.kind === 'run') {
      const result = tryOut.run(data.asked, (done, all) => postMessage({ kind: 'trying', percent: all ? Math.floor(done * 100 / all) : 100 }))
      postMessage({ kind: 'result', result })
    }
  } catch (fault) {
    postMessage({ kind: 'failed', why: String(fault) })
  }
}
