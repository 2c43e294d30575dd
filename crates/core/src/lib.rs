//! What a referral program is. Pure: no clock, no randomness, no I/O.
