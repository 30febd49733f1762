//! The same against moto's Parameter Store, which is not ours.

use aws_sdk_ssm::types::{ParameterTier, ParameterType};
use chaos_tests::moto::Moto;

use crate::support::{Bench, NAME, Ran, on};

/// A user whose AWS is moto.
struct Abroad {
    moto: Moto,
    bench: Bench,
}

impl Abroad {
    async fn new() -> Self {
        Self {
            moto: Moto::start().await,
            bench: Bench::new().await,
        }
    }

    async fn run(&self, code: i32, arguments: &str) -> Ran {
        let env = [("AWS_ENDPOINT_URL_SSM", &*self.moto.endpoint)];
        let arguments = format!("{arguments} --param {NAME}");
        let ran = self.bench.run_with(&arguments, &env).await;
        assert_eq!(ran.code, code, "{ran:?}");
        ran
    }

    /// The names of the flags that are on, as moto has them.
    async fn on(&self) -> Vec<String> {
        let get = self.moto.operator.get_parameter().name(NAME);
        let answer = get
            .with_decryption(true)
            .send()
            .await
            .expect("moto answers");
        let text = answer.parameter.and_then(|parameter| parameter.value);
        on(&serde_json::from_str(&text.expect("a value")).expect("JSON"))
    }
}

#[tokio::test]
async fn a_document_is_created_flipped_and_looked_at() {
    let abroad = Abroad::new().await;
    let ran = abroad.run(1, "status").await;
    assert!(ran.stderr.contains("ParameterNotFound"), "{ran:?}");
    abroad.run(0, "init").await;
    let ran = abroad.run(1, "init").await;
    assert!(
        ran.stderr
            .contains("there is a parameter /orders/chaos already"),
        "{ran:?}"
    );
    abroad.run(0, "status").await;
    abroad
        .run(
            0,
            "enable dynamodb-throttled --label table=orders --for 10m --yes",
        )
        .await;
    assert_eq!(abroad.on().await, ["dynamodb-throttled"]);
    let ran = abroad.run(3, "status").await;
    assert!(ran.stdout.contains("version 2"), "{ran:?}");
    assert!(ran.stdout.contains("table=orders"), "{ran:?}");
    abroad.run(0, "enable latency --min-latency 5 --yes").await;
    abroad.run(0, "disable latency").await;
    assert_eq!(abroad.on().await, ["dynamodb-throttled"]);
    abroad.run(0, "disable --all").await;
    assert_eq!(abroad.on().await, [] as [&str; 0]);
}

#[tokio::test]
async fn type_key_and_tier_are_kept() {
    let abroad = Abroad::new().await;
    let put = abroad.moto.operator.put_parameter().name(NAME).value("{}");
    put.r#type(ParameterType::SecureString)
        .key_id("alias/orders")
        .tier(ParameterTier::Advanced)
        .send()
        .await
        .expect("moto takes it");
    abroad.run(0, "enable exception --yes").await;
    abroad.run(0, "disable --all").await;
    let history = abroad.moto.operator.get_parameter_history().name(NAME);
    let history = history.send().await.expect("moto answers");
    assert_eq!(history.parameters().len(), 3);
    for version in history.parameters() {
        assert_eq!(version.r#type, Some(ParameterType::SecureString));
        assert_eq!(version.key_id.as_deref(), Some("alias/orders"));
        assert_eq!(version.tier, Some(ParameterTier::Advanced));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_loses_anything_there_either() {
    let abroad = Abroad::new().await;
    abroad.run(0, "init").await;
    let runs = ["one", "two", "three"].map(|name| {
        let arguments = format!("enable exception --name {name} --yes");
        let abroad = &abroad;
        async move { abroad.run(0, &arguments).await }
    });
    let [one, two, three] = runs;
    tokio::join!(one, two, three);
    assert_eq!(abroad.on().await, ["one", "three", "two"]);
}
