//! The least IAM policies.

use crate::support::Bench;

async fn printed(bench: &Bench, arguments: &str) -> String {
    let ran = bench
        .run_with(arguments, &[("AWS_REGION", "eu-west-1")])
        .await;
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.stderr, "");
    ran.stdout
}

#[tokio::test]
async fn of_a_parameter() {
    let bench = Bench::new().await;
    let both = printed(&bench, "policy --param /orders/chaos").await;
    insta::assert_snapshot!(both, @r###"
    {
      "function": {
        "Statement": [
          {
            "Action": "ssm:GetParameter",
            "Effect": "Allow",
            "Resource": "arn:aws:ssm:eu-west-1:*:parameter/orders/chaos"
          }
        ],
        "Version": "2012-10-17"
      },
      "operator": {
        "Statement": [
          {
            "Action": [
              "ssm:GetParameter",
              "ssm:GetParameterHistory",
              "ssm:PutParameter"
            ],
            "Effect": "Allow",
            "Resource": "arn:aws:ssm:eu-west-1:*:parameter/orders/chaos"
          },
          {
            "Action": "ssm:DescribeParameters",
            "Effect": "Allow",
            "Resource": "*"
          }
        ],
        "Version": "2012-10-17"
      }
    }
    "###);
    assert_eq!(bench.params.requests(), [], "nobody is asked");
    let arguments =
        "policy function --param /orders/chaos --account 123456789012 --key alias/orders";
    insta::assert_snapshot!(printed(&bench, arguments).await, @r###"
    {
      "Statement": [
        {
          "Action": "ssm:GetParameter",
          "Effect": "Allow",
          "Resource": "arn:aws:ssm:eu-west-1:123456789012:parameter/orders/chaos"
        },
        {
          "Action": "kms:Decrypt",
          "Condition": {
            "ForAnyValue:StringEquals": {
              "kms:ResourceAliases": "alias/orders"
            },
            "StringEquals": {
              "kms:EncryptionContext:PARAMETER_ARN": "arn:aws:ssm:eu-west-1:123456789012:parameter/orders/chaos"
            }
          },
          "Effect": "Allow",
          "Resource": "arn:aws:kms:eu-west-1:123456789012:key/*"
        }
      ],
      "Version": "2012-10-17"
    }
    "###);
    let arguments = "policy operator --param /orders/chaos --account 123456789012 --key 1234abcd";
    let operator = printed(&bench, arguments).await;
    assert!(
        operator.contains("arn:aws:kms:eu-west-1:123456789012:key/1234abcd"),
        "{operator}"
    );
    assert!(operator.contains("kms:Encrypt"), "{operator}");
    assert!(operator.contains("ssm:GetParameterHistory"), "{operator}");
}

#[tokio::test]
async fn of_a_configuration() {
    let bench = Bench::new().await;
    bench
        .appconfig
        .deploy(["orders", "production", "chaos"], "{}")
        .await
        .unwrap();
    let place = "--appconfig orders/production/chaos --account 123456789012";
    let both = printed(&bench, &format!("policy {place}")).await;
    insta::with_settings!({filters => vec![
        (r"(application|environment|configurationprofile|configuration)/[a-z0-9]{7}", "$1/[id]"),
    ]}, {
        insta::assert_snapshot!(both, @r###"
        {
          "function": {
            "Statement": [
              {
                "Action": [
                  "appconfig:StartConfigurationSession",
                  "appconfig:GetLatestConfiguration"
                ],
                "Effect": "Allow",
                "Resource": "arn:aws:appconfig:eu-west-1:123456789012:application/[id]/environment/[id]/configuration/[id]"
              }
            ],
            "Version": "2012-10-17"
          },
          "operator": {
            "Statement": [
              {
                "Action": [
                  "appconfig:ListEnvironments",
                  "appconfig:ListConfigurationProfiles",
                  "appconfig:ListHostedConfigurationVersions",
                  "appconfig:GetHostedConfigurationVersion",
                  "appconfig:CreateHostedConfigurationVersion",
                  "appconfig:ListDeployments",
                  "appconfig:GetDeployment",
                  "appconfig:StartDeployment",
                  "appconfig:StopDeployment"
                ],
                "Effect": "Allow",
                "Resource": [
                  "arn:aws:appconfig:eu-west-1:123456789012:application/[id]",
                  "arn:aws:appconfig:eu-west-1:123456789012:application/[id]/environment/[id]",
                  "arn:aws:appconfig:eu-west-1:123456789012:application/[id]/environment/[id]/deployment/*",
                  "arn:aws:appconfig:eu-west-1:123456789012:application/[id]/configurationprofile/[id]",
                  "arn:aws:appconfig:eu-west-1:123456789012:application/[id]/configurationprofile/[id]/hostedconfigurationversion/*",
                  "arn:aws:appconfig:eu-west-1:123456789012:deploymentstrategy/*"
                ]
              },
              {
                "Action": [
                  "appconfig:ListApplications",
                  "appconfig:ListDeploymentStrategies",
                  "appconfig:CreateDeploymentStrategy"
                ],
                "Effect": "Allow",
                "Resource": "*"
              }
            ],
            "Version": "2012-10-17"
          }
        }
        "###);
    });
    let init = printed(&bench, &format!("policy operator --init {place}")).await;
    assert!(init.contains("appconfig:CreateApplication"), "{init}");

    bench.appconfig.deny(["ListApplications"]);
    let ran = bench.run(&format!("policy function {place}")).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.stdout
            .contains("application/*/environment/*/configuration/*"),
        "{ran:?}"
    );
    assert!(
        ran.stderr.contains("ids that are not known are any"),
        "{ran:?}"
    );
}

#[tokio::test]
async fn of_a_file_there_is_none() {
    let bench = Bench::new().await;
    let ran = bench.run("policy --file chaos.json").await;
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.contains("no policy is needed"), "{ran:?}");
}

/// What the policy of the operator allows is enough for what the commands do.
#[tokio::test]
async fn the_operator_may_do_what_the_commands_do() {
    let bench = Bench::new().await;
    let names = ["orders", "production", "chaos"];
    bench.appconfig.deploy(names, "{}").await.unwrap();
    let place = "--appconfig orders/production/chaos";
    let policy = printed(&bench, &format!("policy operator --init {place}")).await;
    bench.run("init --appconfig orders/staging/second").await;
    bench.run("init --appconfig users/staging/first").await;
    for command in ["enable exception --yes", "status", "disable --all"] {
        bench.run(&format!("{command} {place}")).await;
    }
    bench.appconfig.begin(names, "{}").unwrap();
    bench.run(&format!("disable --all {place}")).await;
    let asked = bench.appconfig.requests();
    assert!(asked.contains(&"StopDeployment") && asked.contains(&"CreateApplication"));
    for action in asked {
        let allowed = format!("\"appconfig:{action}\"");
        assert!(policy.contains(&allowed), "{action}: {policy}");
    }

    let policy = printed(&bench, "policy operator --param /orders/chaos").await;
    for command in ["init", "enable exception --yes", "status", "disable --all"] {
        bench
            .params
            .put_before("PutParameter", "/orders/chaos", "{}");
        bench.run(&format!("{command} --param /orders/chaos")).await;
    }
    let asked = bench.params.requests();
    assert!(
        asked
            .iter()
            .any(|request| request.action == "GetParameterHistory")
    );
    for request in asked {
        let allowed = format!("\"ssm:{}\"", request.action);
        assert!(policy.contains(&allowed), "{request:?}");
    }
}
