//! Modes that are about the process, at a call of `DynamoDB`.

use aws_sdk_dynamodb::Client;
use chaos_tests_aws::Service;
use chaos_tests_clients::process;

async fn service() -> Service {
    Service::answering("application/x-amz-json-1.0", "{}").await
}

async fn is_answered(service: &Service) -> bool {
    let client = Client::new(&service.config());
    client.list_tables().send().await.is_ok()
}

#[tokio::test]
async fn disk_memory_and_cores_are_taken_and_given_back() {
    let service = service().await;
    process::takes("aws.dynamodb.*", async || is_answered(&service).await).await;
}

#[tokio::test]
async fn panic_is_one_if_it_is_allowed() {
    let service = service().await;
    process::panics("aws.dynamodb.*", async || is_answered(&service).await).await;
}

#[tokio::test]
async fn exit_ends_the_process() {
    let service = service().await;
    let test = "process::exit_ends_the_process";
    process::exits("aws.dynamodb.*", test, async || is_answered(&service).await).await;
}
