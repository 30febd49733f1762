//! Region and credentials, as every AWS tool takes them.

use crate::support::{Bench, NAME};

const CONFIG: &str = "\
[profile shop]
region = eu-central-1
aws_access_key_id = SHOP
aws_secret_access_key = secret

[profile other]
aws_access_key_id = OTHER
aws_secret_access_key = secret
";

/// What the request was signed with: the access key and the region.
async fn signed(arguments: &str, env: &[(&str, &str)]) -> String {
    let bench = Bench::with("{}").await;
    let config = bench.path("config");
    std::fs::write(&config, CONFIG).expect("written");
    let mut all = vec![
        ("AWS_CONFIG_FILE", &*config),
        ("AWS_SHARED_CREDENTIALS_FILE", "/nowhere"),
    ];
    all.extend(env);
    let ran = bench
        .run_with(&format!("status --param {arguments}"), &all)
        .await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let requests = bench.params.requests();
    let credential = requests[0].credential.as_deref().expect("it is signed");
    let parts: Vec<&str> = credential.split('/').collect();
    format!("{} {}", parts[0], parts[2])
}

#[tokio::test]
async fn the_region_is_the_options_before_all_others() {
    assert_eq!(signed(NAME, &[]).await, "chaos-local us-east-1");
    let arguments = format!("{NAME} --region ap-south-1");
    assert_eq!(signed(&arguments, &[]).await, "chaos-local ap-south-1");
    let arn = "arn:aws:ssm:us-east-1:123456789012:parameter/orders/chaos";
    let env = [("AWS_REGION", "eu-west-1")];
    assert_eq!(
        signed(arn, &env).await,
        "chaos-local us-east-1",
        "an ARN has its own"
    );
}

#[tokio::test]
async fn a_profile_is_that_of_awss_own_files() {
    // Nothing but the profile says anything.
    let bare = [
        ("AWS_ACCESS_KEY_ID", ""),
        ("AWS_SECRET_ACCESS_KEY", ""),
        ("AWS_SESSION_TOKEN", ""),
        ("AWS_REGION", ""),
    ];
    let named = |name| [&bare[..], &[("AWS_PROFILE", name)]].concat();
    let arguments = format!("{NAME} --region us-east-2");
    assert_eq!(signed(&arguments, &named("other")).await, "OTHER us-east-2");
    // Named on the command line, it goes before whatever the environment has.
    let arguments = format!("{NAME} --aws-profile shop --region us-east-2");
    assert_eq!(signed(&arguments, &[]).await, "SHOP us-east-2");
    assert_eq!(signed(&arguments, &named("other")).await, "SHOP us-east-2");
}
