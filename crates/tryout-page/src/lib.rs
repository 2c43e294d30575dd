//! What the page's worker calls (`www/tryout/worker.js`): a file is taken in pieces, the program is tried on it, and both
//! are drawn by the desk's own functions. Nothing here can send anything.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

use parrain_core::instant::Instant;
use parrain_core::program::Program;
use parrain_core::zone::Zone;
use parrain_desk::{Language, try_out};
use parrain_tryout::reader::{Read, Reader, Settings, Wishes};
use parrain_tryout::trial::{Plan, Referrals, run};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use wasm_bindgen::prelude::{JsError, JsValue, wasm_bindgen};

/// What the page says of the shop, as `try_out::page` writes it.
#[derive(Deserialize)]
struct SetUp {
    language: String,
    zone: Zone,
    now: Instant,
    program: Value,
}

/// What was asked beside the file.
#[derive(Deserialize)]
struct Asked {
    offer: String,
    referrals: Referrals,
}

/// What is told of a file that was read.
#[derive(Serialize)]
struct Told {
    /// What was understood, as HTML.
    columns: String,
    /// Whether something has to be said before it can be tried.
    missing: bool,
    /// Whether any order has a code.
    codes: bool,
    /// How many paid orders there are.
    orders: usize,
}

/// A program and, once it is read, a file.
#[wasm_bindgen]
pub struct TryOut {
    language: Language,
    program: Program,
    now: Instant,
    reader: Option<Reader>,
    read: Option<Read>,
}

#[wasm_bindgen]
impl TryOut {
    /// Of the page's set-up, a text of JSON.
    ///
    /// # Errors
    /// Where it is none, or its program is not sound.
    #[wasm_bindgen(constructor)]
    pub fn new(set_up: &str) -> Result<Self, JsError> {
        let set_up: SetUp = serde_json::from_str(set_up)?;
        let mut program =
            Program::parse(&set_up.program).map_err(|_| JsError::new("the program is not sound"))?;
        program.zone = set_up.zone;
        let language = Language::of(&set_up.language);
        Ok(Self { language, program, now: set_up.now, reader: None, read: None })
    }

    /// Begins to read a file, as the owner wishes.
    ///
    /// # Errors
    /// Where the wishes are none.
    pub fn begin(&mut self, wishes: JsValue) -> Result<(), JsError> {
        let wishes: Wishes = serde_wasm_bindgen::from_value(wishes)?;
        let settings = Settings { zone: self.program.zone.clone(), currency: self.program.currency, wishes };
        self.read = None;
        self.reader = Some(Reader::new(settings));
        Ok(())
    }

    /// Takes a piece of the file. Answers why it cannot be read, in one word, or nothing.
    ///
    /// # Errors
    /// Where nothing was begun.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<JsValue, JsError> {
        let reader = self.reader.as_mut().ok_or_else(|| JsError::new("nothing was begun"))?;
        match reader.feed(bytes) {
            Ok(()) => Ok(JsValue::UNDEFINED),
            Err(unreadable) => Ok(serde_wasm_bindgen::to_value(&unreadable)?),
        }
    }

    /// The file has ended. Answers why it cannot be read, in one word; or the wishes with which it is to be read again;
    /// or nothing.
    ///
    /// # Errors
    /// Where nothing was begun.
    pub fn end(&mut self) -> Result<JsValue, JsError> {
        let reader = self.reader.take().ok_or_else(|| JsError::new("nothing was begun"))?;
        match reader.end() {
            Ok(read) => {
                let again = match &read.again {
                    Some(wishes) => wishes.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?,
                    None => JsValue::UNDEFINED,
                };
                self.read = Some(read);
                Ok(again)
            }
            Err(unreadable) => Ok(serde_wasm_bindgen::to_value(&unreadable)?),
        }
    }

    /// What was understood of the file.
    ///
    /// # Errors
    /// Where none was read.
    pub fn told(&self) -> Result<JsValue, JsError> {
        let read = self.file()?;
        let told = Told {
            columns: try_out::columns(self.language, read).into_string(),
            missing: !read.missing.is_empty(),
            codes: !read.orders.codes.is_empty(),
            orders: read.orders.bought.len(),
        };
        Ok(serde_wasm_bindgen::to_value(&told)?)
    }

    /// Tries the program, and draws what came of it; `progress` is told how many orders of how many are done.
    ///
    /// # Errors
    /// Where no file was read, or what is asked is nothing.
    pub fn run(&self, asked: JsValue, progress: &js_sys::Function) -> Result<String, JsError> {
        let asked: Asked = serde_wasm_bindgen::from_value(asked)?;
        let read = self.file()?;
        let plan = Plan {
            program: self.program.clone(),
            offer: asked.offer,
            referrals: asked.referrals,
            as_of: self.now,
        };
        let outcome = run(&read.orders, &plan, |done, all| {
            // A page that does not listen stops nothing.
            let _ = progress.call2(&JsValue::NULL, &count(done), &count(all));
        });
        Ok(try_out::result(self.language, read, &plan.referrals, &outcome).into_string())
    }

    fn file(&self) -> Result<&Read, JsError> {
        self.read.as_ref().ok_or_else(|| JsError::new("no file was read"))
    }
}

fn count(number: usize) -> JsValue {
    JsValue::from(u32::try_from(number).unwrap_or(u32::MAX))
}
