//! Every way in from the page goes through here. A page may have replaced any function of the browser by one that throws;
//! what it throws goes straight through our frames, past every destructor, up to the next caller that catches. That
//! caller is [`guard`], so that nothing is ever held across a call into the page but on its inner side.

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use js_sys::Function;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Event, EventTarget};

use super::page;
use crate::model::{Told, What};

thread_local! {
    /// What [`RUN`] is to do next.
    static TASK: Cell<Option<Box<dyn FnOnce()>>> = const { Cell::new(None) };
    /// A function of the page that does it: a call of it is one that catches.
    static RUN: Function = Closure::<dyn Fn()>::new(|| {
        if let Some(task) = TASK.take() {
            task();
        }
    })
    .into_js_value()
    .unchecked_into();
    /// What was said to be broken already: the page, the storage.
    static SAID: [Cell<bool>; 2] = const { [Cell::new(false), Cell::new(false)] };
}

/// Does a piece of work and answers what it gave: nothing where something in the page threw.
pub fn attempt<T: 'static>(work: impl FnOnce() -> T + 'static) -> Option<T> {
    let result = Rc::new(Cell::new(None));
    let out = Rc::clone(&result);
    run(Box::new(move || out.set(Some(work()))));
    result.take()
}

/// Does a piece of work; where something in the page threw, that is said, once.
pub fn guard(work: impl FnOnce() + 'static) {
    if !run(Box::new(work)) {
        broken(What::Page);
    }
}

/// Does what takes time. Where something in the page throws, that is said, the rest is not done, and `failed` is.
pub fn spawn(work: impl Future<Output = ()> + 'static, failed: impl FnOnce() + 'static) {
    spawn_local(Guarded { work: Some(Box::pin(work)), failed: Some(Box::new(failed)) });
}

/// A future each of whose steps is guarded.
struct Guarded {
    work: Option<Pin<Box<dyn Future<Output = ()>>>>,
    failed: Option<Box<dyn FnOnce()>>,
}

impl Future for Guarded {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Some(mut work) = self.work.take() else { return Poll::Ready(()) };
        let waker = context.waker().clone();
        let step = attempt(move || {
            let pending = work.as_mut().poll(&mut Context::from_waker(&waker)).is_pending();
            pending.then_some(work)
        });
        match step {
            Some(Some(work)) => {
                self.work = Some(work);
                Poll::Pending
            }
            Some(None) => Poll::Ready(()),
            None => {
                broken(What::Page);
                self.failed.take().into_iter().for_each(guard);
                Poll::Ready(())
            }
        }
    }
}

fn run(work: Box<dyn FnOnce()>) -> bool {
    TASK.set(Some(work));
    let done = RUN.with(|run| run.call0(&JsValue::UNDEFINED)).is_ok();
    TASK.set(None);
    done
}

/// Says by the event `error`, the first time, that the page does not let us do what every page does.
pub fn broken(what: What) {
    let place = if what == What::Storage { 1 } else { 0 };
    let said = SAID.with(|said| said.get(place).is_none_or(|said| said.replace(true)));
    if !said {
        run(Box::new(move || page::emit(&Told::Error(what))));
    }
}

/// Listens for good, before the page's own scripts do.
pub fn listen(target: &EventTarget, name: &str, work: impl Fn(Event) + 'static) {
    let function = function(work);
    let _ = target.add_event_listener_with_callback_and_bool(name, &function, true);
}

/// A function for the page to call, any number of times.
pub fn function<T: wasm_bindgen::convert::FromWasmAbi + 'static>(work: impl Fn(T) + 'static) -> Function
where
    Closure<dyn Fn(T)>: Sized,
    dyn Fn(T): wasm_bindgen::closure::WasmClosure,
{
    let work = Rc::new(work);
    let closure = Closure::<dyn Fn(T)>::new(move |given: T| {
        let work = Rc::clone(&work);
        guard(move || work(given));
    });
    closure.into_js_value().unchecked_into()
}
