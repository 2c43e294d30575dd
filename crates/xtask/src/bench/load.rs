//! A small load generator: connections that are kept open, on this machine alone, for a bounded number of requests
//! and a bounded time.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, bail, ensure};
use ureq::{Agent, http::Request};

use crate::stack::agent;

/// How many requests are usually on their way at once.
pub const CONNECTIONS: usize = 4;

/// Where a run ends, whichever comes first.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// This many requests.
    pub requests: usize,
    /// This long.
    pub time: Duration,
}

impl Bounds {
    /// So many requests, however long they take.
    pub const fn of(requests: usize) -> Self {
        Self { requests, time: Duration::MAX }
    }
}

/// What a run did.
#[derive(Clone, Debug)]
pub struct Run {
    /// How many requests were answered as they should be.
    pub requests: usize,
    /// How many of them were sent a second time, since their connection was cut.
    pub cut: usize,
    /// How long all took together.
    pub time: Duration,
    /// How long each took, the shortest first.
    each: Vec<Duration>,
}

/// One answer.
pub struct Answer {
    /// Whether the connection was cut at first.
    pub cut: bool,
    /// The status.
    pub status: u16,
    /// The header `x-parrain-kv`, where it is there.
    pub counts: Option<String>,
    /// The body.
    pub body: String,
}

/// Sends the requests that `make` makes of 0, 1, 2 … until a bound is reached, so many at once.
///
/// # Errors
/// The first answer that is neither a 2xx nor a redirect.
pub fn run(
    connections: usize,
    bounds: Bounds,
    make: impl Fn(usize) -> Result<Request<String>> + Sync,
) -> Result<Run> {
    let next = AtomicUsize::new(0);
    let cut = AtomicUsize::new(0);
    let each = Mutex::new(Vec::new());
    let failure = Mutex::new(None);
    let started = Instant::now();
    let worker = || -> Result<()> {
        let agent = agent(Duration::from_secs(30));
        let mut own = Vec::new();
        while started.elapsed() < bounds.time {
            let i = next.fetch_add(1, Ordering::Relaxed);
            if i >= bounds.requests {
                break;
            }
            let request = make(i)?;
            let said = format!("{} {}", request.method(), request.uri());
            let sent = Instant::now();
            let answer = send(&agent, request)?;
            own.push(sent.elapsed());
            cut.fetch_add(answer.cut.into(), Ordering::Relaxed);
            if !(200..400).contains(&answer.status) {
                bail!("{said} answered {}: {}", answer.status, answer.body);
            }
        }
        each.lock().unwrap_or_else(PoisonError::into_inner).append(&mut own);
        Ok(())
    };
    thread::scope(|scope| {
        for _ in 0..connections {
            scope.spawn(|| {
                if let Err(error) = worker() {
                    // The others stop with their next request.
                    next.store(bounds.requests, Ordering::Relaxed);
                    failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                }
            });
        }
    });
    if let Some(error) = failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    let mut each = each.into_inner().unwrap_or_else(PoisonError::into_inner);
    each.sort();
    Ok(Run { requests: each.len(), cut: cut.into_inner(), time: started.elapsed(), each })
}

/// Sends one request, to this machine alone, and reads its answer to the end. Where the connection is cut it is sent once
/// more: workerd (1.20260426) looks at its clock only when it has nothing else to do, so that a time of much work ends with
/// all its timers run out at once, and connections in use are closed as idle ones, whatever the Worker. What a benchmark
/// sends may come twice.
///
/// # Errors
/// Where there is no answer.
pub fn send(agent: &Agent, request: Request<String>) -> Result<Answer> {
    let host = request.uri().host();
    ensure!(host == Some("127.0.0.1"), "the load generator asks this machine alone, not {host:?}");
    let (mut answer, cut) = match agent.run(request.clone()) {
        Err(error) if is_cut(&error) => (agent.run(request)?, true),
        answer => (answer?, false),
    };
    let counts = answer.headers().get("x-parrain-kv").and_then(|value| value.to_str().ok());
    Ok(Answer {
        cut,
        status: answer.status().as_u16(),
        counts: counts.map(ToOwned::to_owned),
        body: answer.body_mut().with_config().limit(64 << 20).read_to_string()?,
    })
}

/// Whether the other side closed the connection before it answered.
fn is_cut(error: &ureq::Error) -> bool {
    use std::io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    let ureq::Error::Io(error) = error else { return false };
    matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof)
}

impl Run {
    /// Requests a second.
    pub fn rate(&self) -> f64 {
        self.requests as f64 / self.time.as_secs_f64()
    }

    /// The time within which so many hundredths of the requests were answered; zero where there were none.
    pub fn percentile(&self, hundredths: usize) -> Duration {
        let rank = (self.each.len() * hundredths).div_ceil(100);
        self.each.get(rank.saturating_sub(1)).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpListener,
    };

    use super::*;

    #[test]
    fn a_percentile_is_the_slowest_of_that_part() {
        let each: Vec<_> = (1..=200).map(Duration::from_millis).collect();
        let run = Run { requests: each.len(), cut: 0, time: Duration::from_secs(1), each };
        let shown = [50, 99, 100].map(|part| run.percentile(part).as_millis());
        assert_eq!(shown, [100, 198, 200]);
        let none = Run { requests: 0, cut: 0, time: Duration::from_secs(1), each: Vec::new() };
        assert_eq!(none.percentile(99), Duration::ZERO);
    }

    #[test]
    fn a_request_whose_connection_is_cut_is_sent_once_more() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        let ask = || {
            let request = Request::builder().uri(&url).body(String::new()).expect("a request");
            send(&agent(Duration::from_secs(5)), request)
        };
        thread::scope(|scope| {
            scope.spawn(|| {
                for answers in [false, true, true, false, false] {
                    let (mut stream, _) = listener.accept().expect("a connection");
                    let _ = stream.read(&mut [0; 1024]).expect("a request");
                    if answers {
                        let text = "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
                        stream.write_all(text.as_bytes()).expect("an answer");
                    }
                }
            });
            let cut = [(); 2].map(|()| ask().map(|answer| (answer.status, answer.cut)).expect("an answer"));
            assert_eq!(cut, [(204, true), (204, false)]);
            assert!(ask().is_err(), "twice is enough");
        });
    }

    #[test]
    fn no_other_machine_is_ever_asked() {
        let request = Request::builder().uri("http://192.0.2.1/").body(String::new()).expect("a request");
        let Err(error) = send(&agent(Duration::from_secs(1)), request) else { panic!("it was sent") };
        assert!(error.to_string().contains("this machine alone"), "{error}");
    }
}
