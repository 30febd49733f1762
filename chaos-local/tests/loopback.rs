//! Nothing that chaos-local starts listens anywhere but on loopback.
#![cfg(target_os = "linux")]

mod sockets;

use std::net::{SocketAddr, TcpListener};

use chaos_local::{
    AppConfig, AppConfigAgent, Behaviour, Function, HttpApi, LambdaApi, ParameterStore,
    ParametersExtension,
};

/// The example that speaks the Runtime API.
fn program() -> std::path::PathBuf {
    let test = std::env::current_exe().expect("this test");
    let profile = test.ancestors().nth(2).expect("a folder of the build");
    let program = profile.join("examples/runtime_loop");
    let hint = "cargo build -p chaos-local --examples";
    assert!(program.exists(), "{} is missing: {hint}", program.display());
    program
}

#[tokio::test]
async fn every_server_listens_on_loopback_alone() {
    what_listens_everywhere_is_found();
    let store = ParameterStore::start().await.expect("it starts");
    let extension = ParametersExtension::start(&store).await.expect("it starts");
    let agent = AppConfigAgent::start().await.expect("it starts");
    let control = AppConfig::start(&agent).await.expect("it starts");
    let api = LambdaApi::start().await.expect("it starts");
    let function = Function::builder("echo").start(program()).await;
    let function = function.expect("it starts");
    let in_front = HttpApi::start(&function).await.expect("it starts");
    // it closes its door, and opens another
    store.behave(Behaviour::Refuse).await.expect("it does");
    store.behave(Behaviour::Normal).await.expect("it does");

    let own = sockets::listening(&[std::process::id()]);
    let servers: [SocketAddr; 7] = [
        store.address(),
        extension.address(),
        agent.address(),
        control.address(),
        api.address(),
        function.address(),
        in_front.address(),
    ];
    for server in servers {
        assert!(own.contains(&server), "{server} listens: {own:?}");
        assert!(server.ip().is_loopback(), "{server}");
    }
    assert!(sockets::reached_from_outside(&own).is_empty(), "{own:?}");
}

/// Else a look that finds nothing would show nothing.
fn what_listens_everywhere_is_found() {
    let listener = TcpListener::bind("0.0.0.0:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let found = sockets::listening(&[std::process::id()]);
    assert_eq!(sockets::reached_from_outside(&found), [&address]);
}
