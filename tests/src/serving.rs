//! A stand-in for a platform's interface, served to an edge that runs beside the test.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use parrain_stand_ins::{Answered, Asked, StandIn};

/// For how long nothing is said to who gets no answer: longer than the edge waits.
const SILENCE: Duration = Duration::from_secs(15);

/// The server of one stand-in.
pub struct Serving<S> {
    /// Where it listens, without a slash at its end.
    pub url: String,
    stand_in: Arc<Mutex<S>>,
}

impl<S: StandIn + Send + 'static> Serving<S> {
    /// Begins to serve one, at a port that is free.
    ///
    /// # Panics
    /// Where this machine has no free port.
    pub fn open(stand_in: S) -> Self {
        Self::at("127.0.0.1:0", stand_in)
    }

    /// Begins to serve one at this address.
    ///
    /// # Panics
    /// Where it is taken.
    pub fn at(address: &str, stand_in: S) -> Self {
        let listener = TcpListener::bind(address).expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let stand_in = Arc::new(Mutex::new(stand_in));
        let serving = Self { url, stand_in: Arc::clone(&stand_in) };
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let stand_in = Arc::clone(&stand_in);
                // Who breaks off is an edge that was killed: nothing is to be answered then.
                thread::spawn(move || serve(&stream, &stand_in));
            }
        });
        serving
    }

    /// The stand-in, to be looked at or changed; nobody is served meanwhile.
    ///
    /// # Panics
    /// Where a thread of the server panicked.
    pub fn see(&self) -> MutexGuard<'_, S> {
        self.stand_in.lock().expect("no thread of the stand-in panicked")
    }
}

fn serve<S: StandIn>(stream: &TcpStream, stand_in: &Mutex<S>) -> Option<()> {
    let asked = read(stream)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_millis();
    let answered = stand_in.lock().ok()?.answer(&asked, i64::try_from(now).ok()?);
    let Some(Answered { status, retry_after, body }) = answered else {
        thread::sleep(SILENCE);
        return None;
    };
    let wait = retry_after.map(|seconds| format!("retry-after: {seconds}\r\n")).unwrap_or_default();
    let head = format!(
        "HTTP/1.1 {status} \r\ncontent-type: application/json\r\n{wait}content-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let mut stream = stream;
    stream.write_all(format!("{head}{body}").as_bytes()).ok()
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut parts = line.split(' ');
    let (method, target) = (parts.next()?.to_owned(), parts.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        match line.trim_end().split_once(':') {
            Some((name, value)) => headers.push((name.to_ascii_lowercase(), value.trim().to_owned())),
            None => break,
        }
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    Some(Asked {
        method,
        path: path.to_owned(),
        query: query.to_owned(),
        headers,
        body: String::from_utf8(body).ok()?,
    })
}
