//! Telling others what happened: to which addresses anything may be sent, and sending it.

pub mod address;
pub mod webhook;
