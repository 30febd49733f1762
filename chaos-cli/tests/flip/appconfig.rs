//! A document in AppConfig: what is deployed is what functions get.

use chaos_core::plan;
use chaos_local::DeploymentState;
use serde_json::{Value, json};

use crate::shown;
use crate::support::{Bench, Ran, on};

const PLACE: &str = "--appconfig orders/production/chaos";
const NAMES: [&str; 3] = ["orders", "production", "chaos"];

const ON: &str = r#"{"latency": {"enabled": true, "min_latency": 5}}"#;

impl Bench {
    /// With a document that was deployed.
    async fn deployed(document: &str) -> Self {
        let bench = Self::new().await;
        bench
            .appconfig
            .deploy(NAMES, document)
            .await
            .expect("deployed");
        bench
    }

    /// Runs the command on the configuration, and it must end with this code.
    async fn at(&self, code: i32, arguments: &str) -> Ran {
        let ran = self.run(&format!("{arguments} {PLACE}")).await;
        assert_eq!(ran.code, code, "{ran:?}");
        ran
    }

    /// What functions get, from the agent.
    async fn served(&self) -> Value {
        let url = format!(
            "http://{}/applications/orders/environments/production/configurations/chaos",
            self.agent.address()
        );
        let text = reqwest::get(&url).await.expect("an answer").text().await;
        serde_json::from_str(&text.expect("a text")).expect("JSON")
    }

    async fn served_on(&self) -> Vec<String> {
        on(&self.served().await)
    }

    fn states(&self) -> Vec<DeploymentState> {
        let deployments = self.appconfig.deployments("orders", "production");
        deployments
            .iter()
            .map(|deployment| deployment.state)
            .collect()
    }
}

#[tokio::test]
async fn all_that_is_missing_is_created_and_deployed() {
    let bench = Bench::new().await;
    shown!(bench.at(0, "init").await, @r###"
    --- standard error
         Created application orders
         Created environment production
         Created configuration profile chaos
         Created AppConfig configuration orders/production/chaos (version 1), with every flag off
            Next set CHAOS_APPCONFIG_APPLICATION=orders, CHAOS_APPCONFIG_ENVIRONMENT=production and CHAOS_APPCONFIG_CONFIGURATION=chaos for the function
    --- exit code 0
    "###);
    let served = bench.served().await;
    assert_eq!(plan::read_value(&served).findings, []);
    assert_eq!(on(&served), [] as [&str; 0]);

    // What is there is used, and its document is not written over.
    shown!(bench.at(1, "init").await, @r###"
    --- standard error
    error: AppConfig configuration orders/production/chaos has a version already; nothing is changed. `cargo chaos status` shows what is in it, and `cargo chaos disable --all` switches everything off
    --- exit code 1
    "###);
    assert_eq!(bench.appconfig.versions("orders", "chaos").len(), 1);
    let ran = bench.run("init --appconfig orders/staging/other").await;
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(!ran.stderr.contains("application orders"), "{ran:?}");
    assert!(ran.stderr.contains("environment staging"), "{ran:?}");
}

#[tokio::test]
async fn a_change_is_a_version_that_is_deployed_at_once() {
    let bench = Bench::deployed(ON).await;
    let ran = bench.at(0, "enable exception --percentage 5 --yes").await;
    shown!(ran, @r###"
    --- standard error
    - {"latency": {"enabled": true, "min_latency": 5}}
    + {
    +   "latency": {"enabled": true, "min_latency": 5},
    +   "exception": {
    +     "enabled": true,
    +     "percentage": 5
    +   }
    + }
         Enabled exception in AppConfig configuration orders/production/chaos (version 2)
    --- exit code 0
    "###);
    assert_eq!(bench.served_on().await, ["exception", "latency"]);
    let versions = bench.appconfig.versions("orders", "chaos");
    assert_eq!(versions.len(), 2);
    assert!(versions[1].contains(&ON[1..ON.len() - 2]), "{versions:?}");

    shown!(bench.at(3, "status").await, @r###"
    AppConfig configuration orders/production/chaos, version 2, changed [a moment] ago by deployment 2
    2 on
     flag       state  fault          where    how often  until
     latency    on     latency        handler  100 %      it is switched off
                       min_latency 5
     exception  on     exception      handler  5 %        it is switched off
    --- standard error
    --- exit code 3
    "###);
    bench.at(0, "disable exception").await;
    assert_eq!(bench.served_on().await, ["latency"]);
    bench.at(0, "disable --all").await;
    assert_eq!(bench.served_on().await, [] as [&str; 0]);
    assert_eq!(bench.states(), [DeploymentState::Complete; 4]);
    bench.at(0, "status").await;
}

#[tokio::test]
async fn a_version_that_somebody_else_made_meanwhile_is_shown() {
    let bench = Bench::deployed(ON).await;
    let theirs = r#"{"latency": {"enabled": true, "min_latency": 9}}"#;
    bench
        .appconfig
        .add_before("CreateHostedConfigurationVersion", NAMES, theirs);
    shown!(bench.at(1, "enable exception --yes").await, @r###"
    --- standard error
    - {"latency": {"enabled": true, "min_latency": 5}}
    + {
    +   "latency": {"enabled": true, "min_latency": 5},
    +   "exception": {
    +     "enabled": true
    +   }
    + }
    - {"latency": {"enabled": true, "min_latency": 5}}
    + {"latency": {"enabled": true, "min_latency": 9}}
    error: somebody else made version 2 of AppConfig configuration orders/production/chaos meanwhile, and nothing is written; look at it and try again
    --- exit code 1
    "###);
    assert_eq!(bench.appconfig.versions("orders", "chaos"), [ON, theirs]);

    // Switching off is done again on what is there then.
    bench
        .appconfig
        .add_before("CreateHostedConfigurationVersion", NAMES, theirs);
    let ran = bench.at(0, "disable --all").await;
    assert!(ran.stderr.contains("this is done now"), "{ran:?}");
    assert_eq!(bench.served_on().await, [] as [&str; 0]);
}

#[tokio::test]
async fn a_draft_that_nobody_deployed_is_left_alone() {
    let bench = Bench::deployed(ON).await;
    let draft = r#"{"panic": {"enabled": true}}"#;
    bench.appconfig.add_before("ListApplications", NAMES, draft);
    bench.at(0, "enable exception --yes").await;
    assert_eq!(bench.served_on().await, ["exception", "latency"]);
}

#[tokio::test]
async fn one_deployment_at_a_time() {
    let bench = Bench::deployed(ON).await;
    let more = r#"{"latency": {"enabled": true, "min_latency": 5}, "panic": {"enabled": true}}"#;
    bench.appconfig.begin(NAMES, more).unwrap();
    let ran = bench.at(1, "enable exception --yes").await;
    assert!(
        ran.stderr
            .contains("nothing is written, as deployment 2 is under way"),
        "{ran:?}"
    );
    assert_eq!(bench.appconfig.versions("orders", "chaos").len(), 2);

    let ran = bench.at(3, "status").await;
    assert!(
        ran.stdout
            .contains("deployment 2 is under way (DEPLOYING, 0 %)"),
        "{ran:?}"
    );
    assert!(
        ran.stdout.contains("until then latency is on elsewhere"),
        "{ran:?}"
    );

    shown!(bench.at(0, "disable --all").await, @r###"
    --- standard error
         Stopped deployment 2, of version 2 of chaos
        Disabled latency in AppConfig configuration orders/production/chaos (version 3)
    --- exit code 0
    "###);
    assert_eq!(bench.served_on().await, [] as [&str; 0]);
    assert_eq!(
        bench.states(),
        [
            DeploymentState::Complete,
            DeploymentState::RolledBack,
            DeploymentState::Complete
        ]
    );
}

#[tokio::test]
async fn a_deployment_that_is_rolled_back_is_no_success() {
    let bench = Bench::deployed(ON).await;
    let place = ["orders", "production"];
    bench.appconfig.roll_back_before("GetDeployment", place);
    let ran = bench.at(1, "enable exception --yes").await;
    assert!(
        ran.stderr.contains("deployment 2 was rolled back"),
        "{ran:?}"
    );
    assert_eq!(bench.served_on().await, ["latency"]);
}

#[tokio::test]
async fn what_is_off_but_not_everywhere_is_on() {
    let bench = Bench::deployed(ON).await;
    bench.appconfig.begin(NAMES, "{}").unwrap();
    let ran = bench.at(3, "status --json").await;
    let status = ran.json();
    assert_eq!(status["on"], false);
    assert_eq!(status["under_way"]["on_before"], true);
}

#[tokio::test]
async fn a_deployment_of_something_else_is_stopped_too_and_named() {
    let bench = Bench::deployed(ON).await;
    bench
        .appconfig
        .begin(["orders", "production", "limits"], "{}")
        .unwrap();
    let ran = bench.at(0, "disable --all").await;
    assert!(
        ran.stderr
            .contains("Stopped deployment 2, of version 1 of limits"),
        "{ran:?}"
    );
    assert_eq!(bench.served_on().await, [] as [&str; 0]);
}

#[tokio::test]
async fn who_may_do_little_switches_off_all_the_same() {
    // Neither a strategy of its own nor a look at what becomes of it.
    let bench = Bench::deployed(ON).await;
    bench
        .appconfig
        .deny(["CreateDeploymentStrategy", "GetDeployment"]);
    let ran = bench.at(0, "disable --all").await;
    assert!(
        ran.stderr.contains("AppConfig.AllAtOnce takes its place"),
        "{ran:?}"
    );
    let version = bench.appconfig.versions("orders", "chaos").pop().unwrap();
    assert_eq!(
        on(&serde_json::from_str(&version).unwrap()),
        [] as [&str; 0]
    );

    // Nothing can be read.
    let bench = Bench::deployed(ON).await;
    bench
        .appconfig
        .deny(["ListDeployments", "GetHostedConfigurationVersion"]);
    let ran = bench.at(0, "disable --all").await;
    assert!(
        ran.stderr.contains("everything is off takes its place"),
        "{ran:?}"
    );
    assert_eq!(bench.served_on().await, [] as [&str; 0]);

    // Nothing can be looked up, and ids have to do.
    let ids = bench.ids().await;
    bench.appconfig.deny([
        "ListApplications",
        "ListEnvironments",
        "ListConfigurationProfiles",
        "ListDeployments",
    ]);
    let ran = bench.run(&format!("disable --all --appconfig {ids}")).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let ran = bench.at(1, "disable --all").await;
    assert!(ran.stderr.contains("appconfig:ListApplications"), "{ran:?}");
}

impl Bench {
    /// The ids of the configuration, as the service lists them.
    async fn ids(&self) -> String {
        let first = async |path: String| {
            let url = format!("{}{path}", self.appconfig.endpoint());
            let text = reqwest::get(&url).await.unwrap().text().await.unwrap();
            let listed: Value = serde_json::from_str(&text).unwrap();
            listed["Items"][0]["Id"].as_str().unwrap().to_owned()
        };
        let application = first("/applications".to_owned()).await;
        let environment = first(format!("/applications/{application}/environments")).await;
        let profile = first(format!("/applications/{application}/configurationprofiles")).await;
        format!("{application}/{environment}/{profile}")
    }
}

#[tokio::test]
async fn a_profile_of_feature_flags_is_flipped_too() {
    let bench = Bench::new().await;
    let kept = json!({
        "version": "1",
        "flags": {"latency": {"name": "Latency"}},
        "values": {"latency": {"enabled": true, "min_latency": 5}},
    });
    bench
        .appconfig
        .deploy_flags(NAMES, &kept.to_string())
        .await
        .unwrap();
    let ran = bench.at(3, "status --json").await;
    assert_eq!(ran.json()["flags"]["latency"]["state"], "on");
    bench
        .at(
            0,
            "enable latency --name slow --min-latency 9 --match a=1 --label t=b --yes",
        )
        .await;
    let served = bench.served().await;
    let reading = plan::read_value(&served);
    assert_eq!(reading.findings, [], "{served}");
    assert_eq!(on(&served), ["latency", "slow"]);
    let slow = reading
        .plan
        .flags
        .iter()
        .find(|flag| &*flag.name == "slow")
        .unwrap();
    assert_eq!(slow.aim.labels, [("t".to_owned(), vec!["b".to_owned()])]);

    bench.at(0, "disable --all").await;
    assert_eq!(
        bench.served().await,
        json!({"latency": {"enabled": false}, "slow": {"enabled": false}})
    );
    bench.at(0, "enable latency --yes").await;
    assert_eq!(
        bench.served().await["latency"]["min_latency"],
        5,
        "what it said is kept"
    );
    let kept: Value =
        serde_json::from_str(&bench.appconfig.versions("orders", "chaos")[3]).unwrap();
    assert_eq!(kept["flags"]["latency"]["name"], "Latency");
}

#[tokio::test]
async fn what_is_not_there_is_said() {
    let bench = Bench::deployed(ON).await;
    for (place, said) in [
        ("users/production/chaos", "no application users"),
        ("orders/staging/chaos", "no environment staging"),
        ("orders/production/other", "no configuration profile other"),
    ] {
        for command in ["status", "disable --all", "enable exception --yes"] {
            let ran = bench.run(&format!("{command} --appconfig {place}")).await;
            assert_eq!(ran.code, 1, "{ran:?}");
            assert!(ran.stderr.contains(said), "{ran:?}");
        }
    }
    let ran = bench.run("status --appconfig orders/production").await;
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.contains("three names or ids"), "{ran:?}");
}

#[tokio::test]
async fn the_librarys_variables_name_it_too() {
    let bench = Bench::deployed(ON).await;
    let env = [
        ("CHAOS_APPCONFIG_APPLICATION", "orders"),
        ("CHAOS_APPCONFIG_ENVIRONMENT", "production"),
        ("FAILURE_APPCONFIG_CONFIGURATION", "chaos"),
    ];
    let ran = bench.run_with("status", &env).await;
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(
        ran.stdout
            .starts_with("AppConfig configuration orders/production/chaos, version 1")
    );
}
