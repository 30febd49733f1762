//! The example functions, built as users build them, obey their parameter. They are tests of their
//! own, as building them would disturb those that measure times.

use std::path::Path;

use chaos_local::ParameterStore;
use chaos_tests::{Launch, PARAMETER, build, document, events, wait};

/// Flips the parameter under an example, on and off.
async fn obeys_its_parameter(program: &Path) {
    let params = ParameterStore::start().await.expect("a store");
    params
        .put(PARAMETER, &document::off())
        .expect("the document fits");
    let function = Launch::of(program).parameter(&params).start().await;
    let answer = function.answer(events::api_v2()).await;
    assert_eq!(answer["statusCode"], 200, "{answer}");
    assert_eq!(answer["body"], "hello, Ada", "{answer}");
    for (document, code) in [(document::on(), 503), (document::off(), 200)] {
        params.put(PARAMETER, &document).expect("the document fits");
        let flipped = wait::until(wait::LONG, async || {
            function.answer(events::api_v2()).await["statusCode"] == code
        });
        assert!(
            flipped.await,
            "the flip was never seen\n{}",
            function.story()
        );
    }
    assert_eq!(function.function.restarts(), 0);
}

#[tokio::test]
async fn the_quickstart_obeys_its_parameter() {
    obeys_its_parameter(build::quickstart()).await;
}

#[tokio::test]
async fn the_http_api_obeys_its_parameter() {
    obeys_its_parameter(build::http_api()).await;
}
