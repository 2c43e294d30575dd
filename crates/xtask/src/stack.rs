//! What runs while a demo, a test or a benchmark does: the edge on real workerd, the demo shop, a
//! browser driver. Each stops when it is dropped.

use std::{
    net::{Ipv4Addr, Ipv6Addr, TcpListener},
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result, bail, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use parrain_wire::instant::Instant as WireInstant;
use serde_json::{Value, json};
use sha2::Sha256;
use ureq::{
    Agent,
    http::{Method, Request},
};

use crate::{
    build::Served,
    exec::{self, Background},
    tools::{self, wrangler},
};

/// The admin token of whatever xtask starts here; production has a secret of its own.
pub const ADMIN_TOKEN: &str = "demo-admin-token";
/// The key that seals payout details in every stack on this machine; it guards nothing but made-up ones.
pub const DETAILS_KEY: &str = "ZGVtbyBvbmx5LCBub3QgYSBzZWNyZXQgb2YgYW55Ym8=";

/// How long a server may take until it answers; a slow machine that is busy compiling needs it.
const START: Duration = Duration::from_secs(60);

/// How long workerd may be away before it counts as crashed: wrangler restarts it on changes.
const RESTART: Duration = Duration::from_secs(6);

/// wrangler's two workerd processes: its own proxy, and the Worker.
const WORKERDS: usize = 2;

/// The edge, on workerd by wrangler.
pub struct Edge {
    /// Where it answers, such as `http://localhost:8787`.
    pub url: String,
    process: Background,
    missing_since: Option<Instant>,
}

/// The demo shop.
pub struct Shop {
    /// Where it answers, such as `http://localhost:8788`.
    pub url: String,
    process: Background,
}

/// What a shop's server needs to know: handed out when the shop is set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secrets {
    /// Signs its events, `whsec_…`.
    pub event_secret: String,
    /// Reads its reports.
    pub shop_token: String,
    /// Signs who its customers are, `pik_…`.
    pub identity_key: String,
    /// How the shop hears of what happens and what it is to make, where it does.
    pub way_out: Option<WayOut>,
}

/// What a shop's server needs to know to be told what happens, and to make codes and vouchers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayOut {
    /// Opens the tasks of a module.
    pub module_token: String,
    /// Signs what the shop is told, `whsec_…`.
    pub endpoint_secret: String,
}

/// A folder for what is stored in one run, removed when this is dropped.
pub struct Scratch(pub PathBuf);

impl Scratch {
    /// Makes a folder for a `purpose` such as `test`.
    ///
    /// # Errors
    /// Where nothing can be written in the project.
    pub fn new(root: &Path, purpose: &str) -> Result<Self> {
        let folder = root.join(format!(".parrain/{purpose}-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

impl Edge {
    /// Starts the edge on a port, of what was built for it, with what it stores kept in `state`.
    ///
    /// # Errors
    /// When wrangler does not start or the Worker does not answer; with its log.
    pub fn start(
        root: &Path,
        served: &Served,
        port: u16,
        state: &Path,
        vars: &[(&str, &str)],
    ) -> Result<Self> {
        let mut command = wrangler(root);
        command
            .arg("dev")
            .arg("--config")
            .arg(served.config())
            .args(["--ip", "127.0.0.1", "--port", &port.to_string(), "--persist-to"])
            .arg(state.join("edge"))
            .args(["--show-interactive-dev-session=false", "--log-level=warn"])
            .arg("--var")
            .arg(format!("PARRAIN_ADMIN_TOKEN:{ADMIN_TOKEN}"))
            .arg("--var")
            .arg(format!("PARRAIN_DETAILS_KEY:{DETAILS_KEY}"));
        for (name, value) in vars {
            command.arg("--var").arg(format!("{name}:{value}"));
        }
        let log = state.join("logs/edge.log");
        let mut process = exec::spawn("The edge", &mut command, &log)?;
        let url = format!("http://localhost:{port}");
        process.wait_until(START, || answers(&format!("{url}/healthz")))?;
        Ok(Self { url, process, missing_since: None })
    }

    /// Fails where wrangler or a workerd of its has gone.
    ///
    /// # Errors
    /// That it has, with the end of its log.
    pub fn check(&mut self) -> Result<()> {
        self.process.check()?;
        // wrangler goes on as if nothing had happened when its workerd dies.
        if self.process.count("workerd") >= WORKERDS {
            self.missing_since = None;
        } else if self.missing_since.get_or_insert_with(Instant::now).elapsed() > RESTART {
            bail!("workerd, which runs the edge, has died.\n{}", self.process.tail());
        }
        Ok(())
    }

    /// The end of what wrangler and the Worker have said.
    pub fn log(&self) -> String {
        self.process.last_words()
    }

    /// Sets up the shop `demo` as its owner would, through the admin API: the program of
    /// `www/demo/program.json` for a shop at `shop_url`, and Anna, who refers friends.
    ///
    /// What the edge answered is kept in `state`, so that a second start with the same program
    /// changes nothing.
    ///
    /// # Errors
    /// What the edge refuses, in its own words.
    pub fn set_up_demo_shop(&self, root: &Path, state: &Path, shop_url: &str) -> Result<Secrets> {
        let file = root.join("www/demo/program.json");
        let text =
            std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let mut program: Value =
            serde_json::from_str(&text).with_context(|| format!("{} is no JSON", file.display()))?;
        ensure!(program.is_object(), "{} is not a JSON object", file.display());
        program["landing_url"] = json!(format!("{shop_url}/"));
        program["origins"] = json!([shop_url]);
        program["sign_in_url"] = json!(format!("{shop_url}/account#by-mail"));

        let kept = state.join("demo-shop.json");
        let known: Option<Value> =
            std::fs::read(&kept).ok().and_then(|text| serde_json::from_slice(&text).ok());
        let answer = match known {
            Some(known)
                if known["asked"] == program
                    && known["identity_key"].is_string()
                    && self.has("/v1/shops/demo")? =>
            {
                known
            }
            _ => {
                let answer = self.admin(Method::PUT, "/v1/shops/demo", &program)?;
                let known = json!({
                    "asked": program,
                    "event_secret": answer["event_secret"],
                    "shop_token": answer["shop_token"],
                    "identity_key": answer["identity_key"],
                });
                std::fs::write(&kept, known.to_string())?;
                known
            }
        };
        let anna = "/v1/shops/demo/referrers/ANNA10";
        if !self.has(anna)? {
            let body = json!({
                "offer": "friends", "name": "Anna", "email": "anna@example.com", "customer_id": "c-anna",
            });
            self.admin(Method::PUT, anna, &body)?;
        }
        let secret = |name: &str| {
            let text = answer[name].as_str().map(ToOwned::to_owned);
            text.with_context(|| format!("the edge's answer to PUT /v1/shops/demo has no {name}"))
        };
        Ok(Secrets {
            event_secret: secret("event_secret")?,
            shop_token: secret("shop_token")?,
            identity_key: secret("identity_key")?,
            way_out: None,
        })
    }

    /// Has the shop `demo` told at `shop_url` what happens, and connects it as the module of a shop's platform is. What the
    /// edge answered is kept in `state`; what the owner has ended at the desk since is begun anew.
    ///
    /// # Errors
    /// What the edge refuses, in its own words.
    pub fn set_up_demo_way_out(&self, state: &Path, shop_url: &str) -> Result<WayOut> {
        let file = state.join("demo-way-out.json");
        let kept: Value =
            std::fs::read(&file).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
        let text = |value: &Value, name: &str| {
            let text = value[name].as_str().map(ToOwned::to_owned);
            text.with_context(|| format!("the edge's answer has no {name}: {value}"))
        };

        let known = kept["endpoint"].as_str().map(|id| format!("/v1/shops/demo/endpoints/{id}"));
        let stands = known.as_deref().map(|path| self.has(path)).transpose()?.unwrap_or(false);
        let url = format!("{shop_url}/parrain/webhooks");
        let leads_here = kept["url"] == url.as_str();
        if let (Some(path), true, false) = (&known, stands, leads_here) {
            // The shop was at another port then.
            let (status, said) = self.ask(Method::DELETE, path, None)?;
            ensure!(status == 204, "DELETE {path} answered {status}: {said}");
        }
        let (endpoint, endpoint_secret) = if stands && leads_here {
            (text(&kept, "endpoint")?, text(&kept, "endpoint_secret")?)
        } else {
            let types = json!([
                "referrer.joined",
                "conversion.recorded",
                "conversion.approved",
                "conversion.rejected",
                "conversion.reversed",
                "conversion.reinstated",
                "claim.made",
                "reward.issued",
                "reward.paid",
                "payout.created",
                "payout.paid",
                "budget.low",
            ]);
            let wanted = json!({"url": url, "types": types});
            let made = self.admin(Method::POST, "/v1/shops/demo/endpoints", &wanted)?;
            (text(&made, "id")?, text(&made, "secret")?)
        };

        let (status, list) = self.ask(Method::GET, "/v1/shops/demo/connections", None)?;
        ensure!(status == 200, "GET /v1/shops/demo/connections answered {status}: {list}");
        let list: Value = serde_json::from_str(&list)?;
        let connected = list["connections"].as_array().is_some_and(|all| {
            all.iter().any(|one| kept["connection"].is_string() && one["id"] == kept["connection"])
        });
        let (connection, module_token) = if connected {
            (text(&kept, "connection")?, text(&kept, "module_token")?)
        } else {
            let code = self.admin(Method::POST, "/v1/shops/demo/connect-codes", &json!({}))?;
            let wanted = json!({"code": code["code"], "platform": "demo-shop", "site": shop_url});
            let made = self.admin(Method::POST, "/v1/connect-codes/exchange", &wanted)?;
            (text(&made, "connection")?, text(&made, "module_token")?)
        };
        let now = json!({"url": url, "endpoint": endpoint, "endpoint_secret": endpoint_secret,
            "connection": connection, "module_token": module_token});
        if now != kept {
            std::fs::write(&file, now.to_string())?;
        }
        Ok(WayOut { module_token, endpoint_secret })
    }

    /// Lets a friend of Anna's have ordered at the shop `demo` before its hold, so that there is a reward that is due: the
    /// shop makes a voucher of it, and Anna is shown that. It happens once, however often the demo starts.
    ///
    /// # Errors
    /// What the edge refuses, in its own words.
    pub fn set_up_demo_voucher(&self, secrets: &Secrets) -> Result<()> {
        if self.has("/v1/shops/demo/orders/AL-BEFORE")? {
            return Ok(());
        }
        let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;
        let at = WireInstant::from_seconds(now).plus_days(-15).to_string();
        let order = json!({"order_id": "AL-BEFORE", "at": at, "currency": "EUR", "subtotal": "80.00",
            "discount": "8.00", "shipping": "0.00", "tax": "0.00", "total": "72.00", "codes": ["ANNA10"],
            "customer": {"id": "c-leo", "email": "leo@example.com", "orders_count": 1}});
        let key = STANDARD.decode(secrets.event_secret.trim_start_matches("whsec_"))?;
        let body = json!({"type": "order.paid", "data": order}).to_string();
        let mut answer =
            agent(Duration::from_secs(20)).run(signed(&self.url, "demo", &key, "demo-before", body)?)?;
        let (status, text) = (answer.status(), answer.body_mut().read_to_string()?);
        ensure!(status.is_success(), "the order of Anna's friend was answered {status}: {text}");
        Ok(())
    }

    /// Has the shop `demo` send mail, to the stand-in for Resend that the demo shop is: mails stand on a page of it.
    ///
    /// # Errors
    /// What the edge refuses, in its own words.
    pub fn set_up_demo_mail(&self) -> Result<()> {
        let path = "/v1/shops/demo/mail";
        if !self.has(path)? {
            let body = json!({
                "provider": "resend", "key": "re_demo_only", "owner_email": "boutique@lumiere.example",
                "from": {"email": "bonjour@lumiere.example", "name": "Atelier Lumière"},
                "quiet_hours": {"from": 0, "to": 0},
            });
            self.admin(Method::PUT, path, &body)?;
        }
        Ok(())
    }

    /// Whether the edge has something at a path, asked as the admin.
    ///
    /// # Errors
    /// Any status but 200 and 404, with what the edge said.
    pub fn has(&self, path: &str) -> Result<bool> {
        match self.ask(Method::GET, path, None)? {
            (200, _) => Ok(true),
            (404, _) => Ok(false),
            (status, body) => bail!("GET {path} answered {status}: {body}"),
        }
    }

    /// Asks the edge as the admin; hands back the JSON of a 2xx.
    ///
    /// # Errors
    /// Any other status, with what the edge said.
    pub fn admin(&self, method: Method, path: &str, body: &Value) -> Result<Value> {
        let said = format!("{method} {path}");
        let (status, text) = self.ask(method, path, Some(body))?;
        ensure!((200..300).contains(&status), "{said} answered {status}: {text}");
        serde_json::from_str(&text).with_context(|| format!("{said} answered no JSON: {text}"))
    }

    fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Result<(u16, String)> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header("authorization", format!("Bearer {ADMIN_TOKEN}"))
            .header("content-type", "application/json");
        let text = body.map(Value::to_string).unwrap_or_default();
        let mut answer = agent(Duration::from_secs(20))
            .run(request.body(text)?)
            .with_context(|| format!("{path}: the edge does not answer"))?;
        Ok((answer.status().as_u16(), answer.body_mut().read_to_string()?))
    }
}

impl Shop {
    /// Starts the demo shop, which was built before, on a port.
    ///
    /// # Errors
    /// When it does not start or does not answer; with its log.
    pub fn start(root: &Path, port: u16, edge: &Edge, state: &Path, secrets: &Secrets) -> Result<Self> {
        let mut command = Command::new(tools::target(root)?.join("debug/demo-shop"));
        command
            .current_dir(root)
            .args(["--port", &port.to_string(), "--edge", &edge.url, "--shop", "demo"])
            .args(["--www", "www/demo", "--state"])
            .arg(state.join("shop"))
            .env("PARRAIN_EVENT_SECRET", &secrets.event_secret)
            .env("PARRAIN_SHOP_TOKEN", &secrets.shop_token)
            .env("PARRAIN_IDENTITY_KEY", &secrets.identity_key);
        if let Some(way_out) = &secrets.way_out {
            command
                .env("PARRAIN_MODULE_TOKEN", &way_out.module_token)
                .env("PARRAIN_ENDPOINT_SECRET", &way_out.endpoint_secret);
        }
        let log = state.join("logs/shop.log");
        let mut process = exec::spawn("The demo shop", &mut command, &log)?;
        let url = format!("http://localhost:{port}");
        process.wait_until(START, || answers(&url))?;
        Ok(Self { url, process })
    }

    /// Fails where the shop has gone.
    ///
    /// # Errors
    /// That it has, with the end of its log.
    pub fn check(&mut self) -> Result<()> {
        self.process.check()
    }
}

/// A shop's event, signed as Standard Webhooks says, by the bytes of its secret.
///
/// # Errors
/// Where the clock stands before 1970.
pub fn signed(edge: &str, shop: &str, key: &[u8], id: &str, body: String) -> Result<Request<String>> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let mut mac = Hmac::<Sha256>::new_from_slice(key)?;
    mac.update(format!("{id}.{now}.{body}").as_bytes());
    Ok(Request::post(format!("{edge}/v1/shops/{shop}/events"))
        .header("content-type", "application/json")
        .header("webhook-id", id)
        .header("webhook-timestamp", now.to_string())
        .header("webhook-signature", format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
        .body(body)?)
}

/// Starts Chromium's driver; hands back its URL too.
///
/// # Errors
/// When it does not start; with its log.
pub fn webdriver(port: u16, state: &Path) -> Result<(String, Background)> {
    let mut command = Command::new("chromedriver");
    command.arg(format!("--port={port}"));
    let log = state.join("logs/chromedriver.log");
    let mut process = exec::spawn("chromedriver", &mut command, &log)?;
    let url = format!("http://localhost:{port}");
    process.wait_until(START, || answers(&format!("{url}/status")))?;
    Ok((url, process))
}

/// Fails, with a sentence that says what to do, where a port is taken.
///
/// # Errors
/// That it is.
pub fn check_port(port: u16, alternative: &str) -> Result<()> {
    let taken = [
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).err(),
        TcpListener::bind((Ipv6Addr::LOCALHOST, port)).err(),
    ]
    .into_iter()
    .flatten()
    // A machine without IPv6 refuses the second for another reason, and that is no fault.
    .any(|error| error.kind() == std::io::ErrorKind::AddrInUse);
    ensure!(
        !taken,
        "Port {port} is busy: stop what listens there (`ss -ltnp 'sport = :{port}'` names it), or {alternative}."
    );
    Ok(())
}

/// A port that nothing listens on at the moment.
///
/// # Errors
/// Where this machine has none left.
pub fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

/// A client that takes any status for an answer, a redirect too.
pub fn agent(timeout: Duration) -> Agent {
    Agent::config_builder()
        .timeout_global(Some(timeout))
        .http_status_as_error(false)
        .max_redirects(0)
        .build()
        .into()
}

fn answers(url: &str) -> bool {
    let answer = agent(Duration::from_secs(5)).get(url).call();
    answer.is_ok_and(|answer| answer.status().is_success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_port_is_told_with_a_way_out() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let error = check_port(port, "take another").expect_err("it is busy").to_string();
        assert!(error.contains(&port.to_string()) && error.contains("take another"), "{error}");
        drop(listener);
        check_port(port, "take another").expect("it is free again");
    }
}
