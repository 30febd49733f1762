//! Processes that chaos-local starts itself.

use std::time::{Duration, Instant};

use chaos_local::{Function, FunctionBuilder, Invocation, InvokeError, ParameterStore};
use serde_json::{Value, json};

use crate::support::{Witness, WitnessedProcess, program, soon};

fn builder(name: &str) -> FunctionBuilder {
    // Nothing here times out unless a test says so, however busy the machine is.
    Function::builder(name)
        .timeout(Duration::from_secs(20))
        .init_timeout(Duration::from_secs(20))
}

async fn start(name: &str) -> Function {
    builder(name).start(program()).await.unwrap()
}

async fn ask(function: &Function, what: &str) -> Value {
    function
        .invoke(json!({"do": what}))
        .await
        .unwrap()
        .payload()
        .unwrap()
}

#[tokio::test]
async fn a_child_is_invoked_again_and_again() {
    let function = start("echo").await;
    for number in 0..5 {
        let reply = function.invoke(json!({"n": number})).await.unwrap();
        assert_eq!(reply.payload().unwrap(), json!({"n": number}));
        assert!(reply.duration < Duration::from_secs(20));
    }
    assert_eq!(ask(&function, "pid").await, json!(function.pid().unwrap()));
    assert_eq!(function.restarts(), 0);
    function.stop().await;
}

#[tokio::test]
async fn the_environment_is_lambdas() {
    let params = ParameterStore::start().await.unwrap();
    let mut command = std::process::Command::new(program());
    command
        .env("TZ", "Europe/Berlin")
        .env("AWS_LAMBDA_RUNTIME_API", "nowhere:1");
    let function = builder("orders")
        .memory_mb(512)
        .version("7")
        .region("eu-central-1")
        .envs(params.env())
        .env("AWS_REGION", "eu-west-1")
        .start_command(command)
        .await
        .unwrap();
    let env = ask(&function, "env").await;
    for (name, value) in [
        ("AWS_LAMBDA_RUNTIME_API", function.runtime_api().as_str()),
        ("AWS_LAMBDA_FUNCTION_NAME", "orders"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "7"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/orders"),
        ("AWS_DEFAULT_REGION", "eu-central-1"),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_ENDPOINT_URL_SSM", params.endpoint().as_str()),
        ("TZ", "Europe/Berlin"),
    ] {
        assert_eq!(env[name], value, "{name}");
    }
    assert!(env["AWS_ACCESS_KEY_ID"].is_string());
    assert_eq!(
        function.arn(),
        "arn:aws:lambda:eu-central-1:123456789012:function:orders"
    );
}

#[tokio::test]
async fn several_functions_work_at_once() {
    let (one, other) = tokio::join!(start("one"), start("other"));
    let wait = |ms: u64| json!({"do": "wait", "ms": ms});
    let (slow, quick) = tokio::join!(one.invoke(wait(300)), async {
        let quick = other.invoke(wait(0)).await;
        (quick, ask(&other, "env").await)
    });
    assert_eq!(slow.unwrap().payload().unwrap(), wait(300));
    let (quick, env) = quick;
    assert_eq!(quick.unwrap().payload().unwrap(), wait(0));
    assert_eq!(env["AWS_LAMBDA_FUNCTION_NAME"], "other");
}

#[tokio::test]
async fn invocations_of_one_process_wait_for_their_turn() {
    let function = builder("queue")
        .timeout(Duration::from_secs(1))
        .start(program())
        .await
        .unwrap();
    // Together longer than the timeout, which counts for each from its own turn.
    let turn = || function.invoke(json!({"do": "wait", "ms": 400}));
    let (first, second, third) = tokio::join!(turn(), turn(), turn());
    for reply in [first, second, third] {
        assert!(reply.unwrap().duration >= Duration::from_millis(400));
    }
    assert_eq!(function.restarts(), 0);
}

#[tokio::test]
async fn a_child_past_its_deadline_is_killed_and_started_again() {
    let (witness, function) = Witness::for_function(builder("late")).await;
    let process = witness.process().await;
    let first = function.pid().unwrap();
    let timeout = Duration::from_millis(300);
    let late = Invocation::new(json!({"do": "hang"}))
        .request_id("r-1")
        .timeout(timeout);

    let started = Instant::now();
    let error = soon("the timeout", function.invoke(late))
        .await
        .unwrap_err();
    assert!(started.elapsed() >= timeout);
    assert!(
        matches!(error, InvokeError::TimedOut { after, .. } if after == timeout),
        "{error}"
    );
    assert_eq!(
        error.function_error().to_json(),
        json!({
            "errorType": "Sandbox.Timedout",
            "errorMessage": "RequestId: r-1 Error: Task timed out after 0.30 seconds",
            "stackTrace": [],
        })
    );

    process.has_ended().await;
    witness.process().await;
    // At once, without another invocation.
    soon("the second start", function.ready()).await.unwrap();
    assert_eq!(function.restarts(), 1);
    let second = ask(&function, "pid").await;
    assert_ne!(second, json!(first));
    assert_eq!(second, json!(function.pid().unwrap()));
}

#[tokio::test]
async fn a_child_that_exits_at_work_is_an_exit_error_and_started_again() {
    let function = start("exits").await;
    let cases = [
        (
            json!({"do": "exit", "code": 3}),
            "Runtime exited with error: exit status 3",
        ),
        (
            json!({"do": "exit", "code": 0}),
            "Runtime exited without providing a reason",
        ),
        #[cfg(unix)]
        (
            json!({"do": "abort"}),
            "Runtime exited with error: signal: aborted",
        ),
    ];
    for (number, (event, how)) in (1..).zip(cases) {
        let invocation = Invocation::new(event).request_id("r");
        let error = soon("an exit", function.invoke(invocation))
            .await
            .unwrap_err();
        assert!(matches!(error, InvokeError::Exited { .. }), "{error}");
        let told = error.function_error();
        assert_eq!(told.error_type, "Runtime.ExitError");
        assert_eq!(told.error_message, format!("RequestId: r Error: {how}"));
        assert_eq!(ask(&function, "echo").await, json!({"do": "echo"}));
        assert_eq!(function.restarts(), number);
    }
}

#[tokio::test]
async fn a_child_that_ends_while_idle_is_started_for_the_next_invocation() {
    let (witness, function) = Witness::for_function(builder("idle")).await;
    let process = witness.process().await;
    soon("the start", function.ready()).await.unwrap();
    let pid = function.pid().unwrap();
    kill(pid);
    process.has_ended().await;
    let noticed = async {
        while function.pid().is_some() {
            tokio::task::yield_now().await;
        }
    };
    soon("the end of the process", noticed).await;
    assert_eq!(function.restarts(), 0);
    assert_ne!(ask(&function, "pid").await, json!(pid));
    assert_eq!(function.restarts(), 1);
}

fn kill(pid: u32) {
    let (program, arguments) = if cfg!(windows) {
        ("taskkill", ["/F", "/PID"])
    } else {
        ("kill", ["-s", "KILL"])
    };
    let status = std::process::Command::new(program)
        .args(arguments)
        .arg(pid.to_string())
        .status();
    assert!(status.unwrap().success());
}

#[tokio::test]
async fn an_error_that_the_function_reports_leaves_the_child_alone() {
    let function = start("reports").await;
    let reply = function.invoke(json!({"do": "error"})).await.unwrap();
    let error = reply.payload().unwrap_err();
    assert_eq!(error.to_string(), "Boom: as asked");
    assert_eq!(error.stack_trace, ["here"]);
    assert_eq!(ask(&function, "pid").await, json!(function.pid().unwrap()));
    assert_eq!(function.restarts(), 0);
}

#[tokio::test]
async fn a_child_that_does_not_get_to_work_says_why() {
    let cases = [
        ("error", "Config.Missing", "no TABLE"),
        (
            "exit",
            "Runtime.ExitError",
            "RequestId: r Error: Runtime exited with error: exit status 7",
        ),
        (
            "hang",
            "Sandbox.Timedout",
            "RequestId: r Error: Task timed out after 0.50 seconds",
        ),
    ];
    for (init, error_type, message) in cases {
        let builder = builder("init").env("INIT", init);
        let builder = if init == "hang" {
            builder.init_timeout(Duration::from_millis(500))
        } else {
            builder
        };
        let function = builder.start(program()).await.unwrap();
        let ready = soon("a failure", function.ready()).await.unwrap_err();
        assert_eq!(ready.function_error().error_type, error_type);
        // The next invocation tries again, and fails again.
        for _ in 0..2 {
            let invocation = Invocation::new(json!({})).request_id("r");
            let error = soon("a failure", function.invoke(invocation))
                .await
                .unwrap_err();
            assert!(
                matches!(error, InvokeError::InitFailed { .. }),
                "{init}: {error}"
            );
            let told = error.function_error();
            assert_eq!(
                (told.error_type.as_str(), told.error_message.as_str()),
                (error_type, message)
            );
        }
    }
}

#[tokio::test]
async fn a_program_that_is_not_there_cannot_be_started() {
    let missing = builder("missing").start("/nowhere/at/all").await;
    assert_eq!(missing.unwrap_err().kind(), std::io::ErrorKind::NotFound);
}

#[tokio::test]
async fn a_program_that_disappears_is_an_invalid_entrypoint() {
    let link = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("gone-{}", std::process::id()));
    std::fs::hard_link(program(), &link).unwrap();
    let function = builder("gone").start(&link).await.unwrap();
    assert_eq!(ask(&function, "echo").await, json!({"do": "echo"}));
    std::fs::remove_file(&link).unwrap();
    let exit = function.invoke(json!({"do": "exit"})).await.unwrap_err();
    assert!(matches!(exit, InvokeError::Exited { .. }), "{exit}");
    let error = soon("a failure", function.invoke(json!({})))
        .await
        .unwrap_err();
    assert_eq!(
        error.function_error().error_type,
        "Runtime.InvalidEntrypoint"
    );
}

#[tokio::test]
async fn a_streamed_response_is_received_whole() {
    let function = start("stream").await;
    let reply = function.invoke(json!({"do": "stream"})).await.unwrap();
    assert!(reply.streamed);
    let (prelude, body) = reply.http_stream().unwrap();
    assert_eq!(
        prelude,
        json!({"statusCode": 200, "headers": {"x-a": "1"}, "cookies": []})
    );
    assert_eq!(body, "one two");
    assert!(reply.raw.ends_with(b"\0\0\0\0\0\0\0\0one two"));
    assert!(
        function
            .invoke(json!({}))
            .await
            .unwrap()
            .http_stream()
            .is_none()
    );
}

#[tokio::test]
async fn what_the_child_writes_can_be_read() {
    let function = start("prints").await;
    soon("a line", function.find_log(|line| line == "ready")).await;
    function.clear_logs();
    ask(&function, "print").await;
    soon(
        "a line",
        function.find_log(|line| line == "to standard output"),
    )
    .await;
    soon(
        "a line",
        function.find_log(|line| line == "to standard error"),
    )
    .await;
    let mut lines = function.logs();
    lines.sort();
    assert_eq!(lines, ["to standard error", "to standard output"]);
}

#[tokio::test]
async fn stop_ends_the_child_even_at_work() {
    let (witness, function) = Witness::for_function(builder("stopped")).await;
    let process = witness.process().await;
    let (outcome, ()) = tokio::join!(function.invoke(json!({"do": "hang"})), async {
        soon("work", function.find_log(|line| line == "hanging")).await;
        function.stop().await;
    });
    assert!(matches!(outcome, Err(InvokeError::Stopped)), "{outcome:?}");
    assert_eq!(function.pid(), None);
    process.has_ended().await;
    function.stop().await;
}

#[tokio::test]
async fn drop_ends_the_child() {
    let (witness, function) = Witness::for_function(builder("dropped")).await;
    let process = witness.process().await;
    drop(function);
    process.has_ended().await;
}

#[test]
fn the_end_of_the_runtime_ends_the_child() {
    let runtime = || {
        tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap()
    };
    let observer = runtime();
    let doomed = runtime();
    let (witness, function) = doomed.block_on(Witness::for_function(builder("doomed")));
    let process = doomed.block_on(witness.process());
    std::mem::forget(function);
    let socket = process.into_std();
    doomed.shutdown_background();
    observer.block_on(async {
        crate::support::WitnessedProcess::from_std(socket)
            .has_ended()
            .await;
    });
}

/// A shell that starts the function, and stays.
#[cfg(unix)]
fn wrapped(witness: &str) -> std::process::Command {
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", "\"$0\"; exit 0"]).arg(program());
    shell.env("WITNESS", witness);
    shell
}

#[cfg(unix)]
#[tokio::test]
async fn a_function_behind_a_shell_ends_with_it() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let function = builder("echo")
        .own_group(true)
        .start_command(wrapped(&address))
        .await
        .unwrap();
    let (stream, _) = soon("the start of the function", listener.accept())
        .await
        .unwrap();
    let process = WitnessedProcess::from_std(stream.into_std().unwrap());
    assert_ne!(ask(&function, "pid").await, json!(function.pid().unwrap()));

    // a deadline that is missed ends both, and starts both again
    let late = Invocation::new(json!({"do": "hang"})).timeout(Duration::from_millis(50));
    function.invoke(late).await.unwrap_err();
    process.has_ended().await;
    let (stream, _) = soon("another start", listener.accept()).await.unwrap();
    let process = WitnessedProcess::from_std(stream.into_std().unwrap());

    function.stop().await;
    process.has_ended().await;
}
