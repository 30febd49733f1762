//! A configuration that there is nothing to make a seam of. A process of its own: what is said once is
//! said here.
#![cfg(feature = "aws")]

mod log;

use aws_types::SdkConfig;
use chaos_core::aws::instrument;
use log::Log;
use tracing::Level;

#[test]
fn a_configuration_without_an_http_client_is_warned_of_once() {
    let (log, _guard) = Log::collect(Level::WARN);
    let same = instrument(SdkConfig::builder().build());
    let said = log.take();
    if same.http_client().is_some() {
        // This build has the SDK's default client, and so something to make a seam of.
        assert!(said.is_empty(), "{said:?}");
        return;
    }
    assert_eq!(said.len(), 1, "{said:?}");
    assert_eq!(said[0]["target"], "chaos");
    let message = said[0]["message"].as_str().unwrap_or_default();
    for part in [
        "aws::instrument",
        "meet no faults",
        "`http_client(…)`",
        "`default-https-client`",
    ] {
        assert!(message.contains(part), "{message}");
    }

    let again = instrument(same);
    assert!(again.http_client().is_none());
    assert!(log.take().is_empty(), "it is said once");
}
