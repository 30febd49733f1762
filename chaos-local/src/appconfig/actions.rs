//! What the service does: paths and fields in, an answer out.

use http::StatusCode;
use serde_json::json;

use super::deployment::Strategy;
use super::request::{Request, action};
use super::shown;
use super::store::{Application, Environment, Hosted, Profile, Start, Store, bad_request};
use crate::server::Answer;
use crate::ssm::ServiceError;

type Done = Result<Answer, ServiceError>;

pub(super) fn perform(store: &mut Store, request: &Request) -> Done {
    match action(&request.method, &request.path) {
        "CreateApplication" => create_application(store, request),
        "ListApplications" => request.page(store.applications.iter().map(shown::application)),
        "CreateEnvironment" => create_environment(store, request),
        "ListEnvironments" => {
            let owner = store.application(request.part(1))?;
            let environments = owner.environments.iter();
            request.page(environments.map(|one| shown::environment(&owner.id, one)))
        }
        "CreateConfigurationProfile" => create_profile(store, request),
        "ListConfigurationProfiles" => {
            let owner = store.application(request.part(1))?;
            let profiles = owner.profiles.iter();
            request.page(profiles.map(|one| shown::profile(&owner.id, one)))
        }
        "CreateHostedConfigurationVersion" => create_version(store, request),
        "ListHostedConfigurationVersions" => list_versions(store, request),
        "GetHostedConfigurationVersion" => {
            let application = store.application(request.part(1))?;
            let owner = application.profile(request.part(3))?;
            let version = owner.version(request.part(5))?;
            Ok(shown::hosted(
                StatusCode::OK,
                request.part(1),
                &owner.id,
                version,
            ))
        }
        "StartDeployment" => start(store, request),
        "ListDeployments" => {
            let application = store.application(request.part(1))?;
            let environment = application.environment(request.part(3))?;
            // The newest first.
            request.page(environment.deployments.iter().rev().map(shown::summary))
        }
        "GetDeployment" => {
            let application = store.application(request.part(1))?;
            let environment = application.environment(request.part(3))?;
            let found = environment.deployment(request.part(5))?;
            Ok(shown::deployment(StatusCode::OK, request, found))
        }
        "StopDeployment" => {
            let application = store.application(request.part(1))?;
            let environment = application.environment(request.part(3))?;
            let stopped = environment.stop(request.part(5))?;
            Ok(shown::deployment(StatusCode::ACCEPTED, request, stopped))
        }
        "CreateDeploymentStrategy" => create_strategy(store, request),
        "ListDeploymentStrategies" => request.page(store.strategies.iter().map(shown::strategy)),
        _ => Err(ServiceError {
            code: "UnknownOperationException",
            message: String::new(),
            status: 404,
        }),
    }
}

fn create_application(store: &mut Store, request: &Request) -> Done {
    let new = Application {
        name: request.text("Name")?,
        id: store.id(),
        environments: Vec::new(),
        profiles: Vec::new(),
    };
    let created = shown::application(&new);
    store.applications.push(new);
    Ok(shown::reply(StatusCode::CREATED, &created))
}

fn create_environment(store: &mut Store, request: &Request) -> Done {
    let new = Environment {
        name: request.text("Name")?,
        id: store.id(),
        deployments: Vec::new(),
    };
    let owner = store.application(request.part(1))?;
    let created = shown::environment(&owner.id, &new);
    owner.environments.push(new);
    Ok(shown::reply(StatusCode::CREATED, &created))
}

fn create_profile(store: &mut Store, request: &Request) -> Done {
    let freeform = || "AWS.Freeform".to_owned();
    let new = Profile {
        name: request.text("Name")?,
        location: request.text("LocationUri")?,
        kind: request.field("Type").unwrap_or_else(freeform),
        id: store.id(),
        versions: Vec::new(),
    };
    let owner = store.application(request.part(1))?;
    let created = shown::profile(&owner.id, &new);
    owner.profiles.push(new);
    Ok(shown::reply(StatusCode::CREATED, &created))
}

fn create_version(store: &mut Store, request: &Request) -> Done {
    let latest = request.header("latest-version-number")?;
    let content_type = request.header("content-type")?;
    let new = Hosted {
        number: 0,
        content: request.body.clone(),
        content_type: content_type.ok_or_else(|| bad_request("The content type is missing."))?,
        description: request.header("description")?,
        label: request.header("versionlabel")?,
    };
    let owner = store
        .application(request.part(1))?
        .profile(request.part(3))?;
    let profile = owner.id.clone();
    let created = owner.add(new, latest)?;
    Ok(shown::hosted(
        StatusCode::CREATED,
        request.part(1),
        &profile,
        created,
    ))
}

fn list_versions(store: &mut Store, request: &Request) -> Done {
    let owner = store
        .application(request.part(1))?
        .profile(request.part(3))?;
    // The newest first.
    request.page(owner.versions.iter().rev().map(|version| {
        json!({
            "ApplicationId": request.part(1),
            "ConfigurationProfileId": owner.id,
            "ContentType": version.content_type,
            "Description": version.description,
            "VersionLabel": version.label,
            "VersionNumber": version.number,
        })
    }))
}

fn start(store: &mut Store, request: &Request) -> Done {
    let started = store.start(Start {
        application: request.part(1),
        environment: request.part(3),
        profile: &request.text("ConfigurationProfileId")?,
        version: &request.text("ConfigurationVersion")?,
        strategy: &request.text("DeploymentStrategyId")?,
        description: request.field("Description"),
        latest: request.json()["LatestDeploymentNumber"].as_u64(),
    })?;
    Ok(shown::deployment(StatusCode::CREATED, request, started))
}

fn create_strategy(store: &mut Store, request: &Request) -> Done {
    let fields = request.json();
    let duration = fields["DeploymentDurationInMinutes"].as_u64();
    let growth = fields["GrowthFactor"].as_f64();
    let linear = || "LINEAR".to_owned();
    let new = Strategy {
        id: store.id(),
        name: request.text("Name")?,
        minutes: duration.ok_or_else(|| bad_request("DeploymentDurationInMinutes is missing."))?,
        bake_minutes: fields["FinalBakeTimeInMinutes"]
            .as_u64()
            .unwrap_or_default(),
        growth: growth.ok_or_else(|| bad_request("GrowthFactor is missing."))?,
        growth_type: request.field("GrowthType").unwrap_or_else(linear),
    };
    let created = shown::strategy(&new);
    store.strategies.push(new);
    Ok(shown::reply(StatusCode::CREATED, &created))
}
