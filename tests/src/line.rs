//! A line to a server on this machine that can be cut in the middle of anything.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

const OPEN: u8 = 0;
const CUT: u8 = 1;
const ANSWERS_LOST: u8 = 2;

/// A TCP relay in front of a server. Who talks to [`Line::url`] talks to the server, as long as
/// the line holds.
pub struct Line {
    /// `http://localhost:PORT`, without a slash at its end.
    pub url: String,
    state: Arc<AtomicU8>,
    live: Arc<Mutex<Vec<TcpStream>>>,
}

impl Line {
    /// Opens a line to the server at `host:port`, which may start to listen later.
    ///
    /// # Panics
    /// Where this machine has no free port.
    pub fn to(target: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://localhost:{}", listener.local_addr().expect("it is bound").port());
        let state = Arc::new(AtomicU8::new(OPEN));
        let live = Arc::new(Mutex::new(Vec::new()));
        let line = Self { url, state: Arc::clone(&state), live: Arc::clone(&live) };
        let target = target.to_owned();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if state.load(Ordering::SeqCst) == CUT {
                    let _ = client.shutdown(Shutdown::Both);
                    continue;
                }
                let Ok(server) = TcpStream::connect(&target) else { continue };
                relay(&client, &server, &state, &live);
            }
        });
        line
    }

    /// Cuts the line: what is under way breaks off, and what is new is turned away.
    pub fn cut(&self) {
        self.set(CUT);
    }

    /// Lets requests through and loses every answer.
    pub fn lose_answers(&self) {
        self.set(ANSWERS_LOST);
    }

    /// Mends the line.
    pub fn mend(&self) {
        self.set(OPEN);
    }

    fn set(&self, state: u8) {
        self.state.store(state, Ordering::SeqCst);
        for stream in self.live.lock().expect("no thread panics with it").drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

fn relay(client: &TcpStream, server: &TcpStream, state: &Arc<AtomicU8>, live: &Arc<Mutex<Vec<TcpStream>>>) {
    let pair = || Some((client.try_clone().ok()?, server.try_clone().ok()?));
    let (Some((from_client, to_server)), Some((to_client, from_server))) = (pair(), pair()) else { return };
    if let Some((client, server)) = pair() {
        live.lock().expect("no thread panics with it").extend([client, server]);
    }
    thread::spawn(move || pump(from_client, to_server, || true));
    let state = Arc::clone(state);
    thread::spawn(move || pump(from_server, to_client, || state.load(Ordering::SeqCst) == OPEN));
}

/// Copies until either side ends or what comes may no longer pass.
fn pump(mut from: TcpStream, mut to: TcpStream, passes: impl Fn() -> bool) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        if !passes() || to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
