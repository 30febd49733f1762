//! What each role may do with the resources.

use serde_json::{Value, json};

use super::arns::{Arns, Key};

/// Who a policy is for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Role {
    Function,
    Operator {
        /// Whether it creates the document too.
        creates: bool,
    },
}

/// The least policy of a role.
pub(crate) fn policy(role: Role, arns: &Arns) -> Value {
    let statements = match arns {
        Arns::Parameter { parameter, key } => of_parameter(role, parameter, key.as_ref()),
        Arns::AppConfig {
            prefix,
            application,
            environment,
            profile,
        } => of_appconfig(role, prefix, [application, environment, profile]),
    };
    json!({ "Version": "2012-10-17", "Statement": statements })
}

fn allow(actions: &[&str], resources: &[String]) -> Value {
    // One of something is written as itself.
    let plain = |list: Value| match list.as_array().map(Vec::as_slice) {
        Some([only]) => only.clone(),
        _ => list,
    };
    json!({
        "Effect": "Allow",
        "Action": plain(json!(actions)),
        "Resource": plain(json!(resources)),
    })
}

fn anything() -> [String; 1] {
    ["*".to_owned()]
}

fn of_parameter(role: Role, parameter: &str, key: Option<&Key>) -> Vec<Value> {
    let this = [parameter.to_owned()];
    match role {
        Role::Function => {
            let mut statements = vec![allow(&["ssm:GetParameter"], &this)];
            statements.extend(key.map(|key| of_key(&["kms:Decrypt"], key, parameter)));
            statements
        }
        // To create a parameter is to put its first version.
        Role::Operator { creates: _ } => {
            let actions = [
                "ssm:GetParameter",
                "ssm:GetParameterHistory",
                "ssm:PutParameter",
            ];
            let mut statements = vec![
                allow(&actions, &this),
                // It knows no resources.
                allow(&["ssm:DescribeParameters"], &anything()),
            ];
            // A data key is for parameters of the advanced tier.
            let actions = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"];
            statements.extend(key.map(|key| of_key(&actions, key, parameter)));
            statements
        }
    }
}

/// The key, for this parameter alone.
fn of_key(actions: &[&str], key: &Key, parameter: &str) -> Value {
    let arn = match key {
        Key::Arn(arn) => arn,
        Key::Alias { keys, .. } => keys,
    };
    let mut statement = allow(actions, std::slice::from_ref(arn));
    let compares = if parameter.contains('*') {
        "StringLike"
    } else {
        "StringEquals"
    };
    statement["Condition"] = json!({
        compares: { "kms:EncryptionContext:PARAMETER_ARN": parameter },
    });
    if let Key::Alias { alias, .. } = key {
        statement["Condition"]["ForAnyValue:StringEquals"] =
            json!({ "kms:ResourceAliases": alias });
    }
    statement
}

fn of_appconfig(
    role: Role,
    prefix: &str,
    [application, environment, profile]: [&str; 3],
) -> Vec<Value> {
    let arn = |resource: String| format!("{prefix}{resource}");
    let app = arn(format!("application/{application}"));
    let env = format!("{app}/environment/{environment}");
    let configuration = format!("{app}/configurationprofile/{profile}");
    match role {
        Role::Function => vec![allow(
            &[
                "appconfig:StartConfigurationSession",
                "appconfig:GetLatestConfiguration",
            ],
            &[format!("{env}/configuration/{profile}")],
        )],
        Role::Operator { creates } => {
            let mut statements = vec![
                allow(
                    &[
                        "appconfig:ListEnvironments",
                        "appconfig:ListConfigurationProfiles",
                        "appconfig:ListHostedConfigurationVersions",
                        "appconfig:GetHostedConfigurationVersion",
                        "appconfig:CreateHostedConfigurationVersion",
                        "appconfig:ListDeployments",
                        "appconfig:GetDeployment",
                        "appconfig:StartDeployment",
                        "appconfig:StopDeployment",
                    ],
                    &[
                        app.clone(),
                        env.clone(),
                        format!("{env}/deployment/*"),
                        configuration.clone(),
                        format!("{configuration}/hostedconfigurationversion/*"),
                        arn("deploymentstrategy/*".to_owned()),
                    ],
                ),
                allow(
                    &[
                        "appconfig:ListApplications",
                        "appconfig:ListDeploymentStrategies",
                        "appconfig:CreateDeploymentStrategy",
                    ],
                    &anything(),
                ),
            ];
            if creates {
                statements.push(allow(
                    &[
                        "appconfig:CreateApplication",
                        "appconfig:CreateEnvironment",
                        "appconfig:CreateConfigurationProfile",
                    ],
                    &anything(),
                ));
            }
            statements
        }
    }
}
