//! What most functions have: the SDK's own default HTTP client, which brings a TLS library that is not
//! built for anything else here; and the protocol that takes CBOR.

mod cbor;
mod default_client;
