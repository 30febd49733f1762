//! How a function that runs here is invoked, and its document changed.

/// What a person may type in another terminal.
pub(crate) fn how_to_invoke(name: &str, http: &str, lambda: &str) -> String {
    format!(
        "\
{name} runs until Ctrl-C. In another terminal:

  An HTTP request, as API Gateway hands it on (HTTP API, payload version 2.0):
    curl -i {http}/

  An event from a file:
    curl --data @event.json {lambda}/2015-03-31/functions/{name}/invocations

  Its document:
    cargo chaos enable latency --min-latency 300 --local
    cargo chaos status --local
    cargo chaos disable --all --local
"
    )
}
