//! The storefront widget.
