//! SSM Parameter Store, through aws-sdk-ssm.
