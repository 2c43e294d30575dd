//! What goes out of the edge: to which addresses anything may be sent, and sending it.

pub mod address;
pub mod contacts;
pub mod mail;
pub mod platform;
pub mod web;
pub mod webhook;
