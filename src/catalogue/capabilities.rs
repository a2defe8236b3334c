//! The table of capabilities: what the role of a node needs for each of them.
//!
//! Session Manager first. Source: AWS's user guides and the Service Authorization Reference, read
//! in their editions of 2023 and 2026, the agent's source (October 2024) and denials seen in the
//! field; one shape per kind of resource, since AWS's tables and its denials disagree on some.

use super::capability::{ActionNeed, Capability, Shape};
use crate::report::model::Severity;

/// Every capability, the most needed first.
pub(super) const CAPABILITIES: &[Capability] = &[
    Capability {
        id: "session-manager",
        title: "Session Manager: interactive shell",
        weight: Severity::Error,
        depends_on: &["managed-node"],
        enabled_by: "",
        required: SESSION,
        optional: &[],
        context: &[],
        symptom: "Without the control-channel pair the console says the node is not connected and StartSession answers TargetNotConnected although the node may be Online; without the data-channel pair the shell opens and ends at once with a data-channel set-up failure.",
        min_agent_version: "2.3.68.0",
        also_needs: &[],
    },
    Capability {
        id: "managed-node",
        title: "Be a managed node (heartbeat)",
        weight: Severity::Error,
        depends_on: &[],
        enabled_by: "",
        required: &[need("ssm:UpdateInstanceInformation", NODE, "")],
        optional: &[],
        context: &[],
        symptom: "Node never shows up in Fleet Manager, or turns to ConnectionLost after its last ping; StartSession answers TargetNotConnected; SendCommand answers InvalidInstanceId. On EC2 the agent then tries Default Host Management credentials, so a node with that setting on stays healthy with a role that is not the one attached to it.",
        min_agent_version: "",
        also_needs: &[],
    },
    Capability {
        id: "session-kms",
        title: "Session Manager: KMS encryption of session data",
        weight: Severity::Error,
        depends_on: &["session-manager"],
        enabled_by: "session preference kmsKeyId is set",
        required: &[need("kms:Decrypt", KEY, "")],
        optional: &[],
        context: &[
            ("kms:EncryptionContext:aws:ssm:SessionId", "{session_id}"),
            ("kms:EncryptionContext:aws:ssm:TargetId", "{node_id}"),
            (
                "kms:EncryptionContextKeys",
                "aws:ssm:SessionId,aws:ssm:TargetId",
            ),
            ("kms:ViaService", ""),
        ],
        symptom: "The session stops during the handshake, before a prompt, with a message about decrypting the data key.",
        min_agent_version: "2.3.539.0",
        also_needs: &[
            "the key policy must allow the node role, or must delegate to IAM through the account principal",
            "symmetric key",
            "operator: kms:GenerateDataKey on the same key",
        ],
    },
    Capability {
        id: "session-s3-log",
        title: "Session Manager: session log to S3",
        weight: Severity::Warning,
        depends_on: &["session-manager"],
        enabled_by: "session preference s3BucketName is set",
        required: &[need("s3:PutObject", LOG_OBJECT, "")],
        optional: &[
            need(
                "s3:GetEncryptionConfiguration",
                BUCKET,
                "Required when the preference 'enforce S3 log encryption' (s3EncryptionEnabled) is on: a failed check refuses the session. Otherwise it only decides whether SSE headers are sent.",
            ),
            need(
                "s3:PutObjectAcl",
                LOG_OBJECT,
                "The agent always sends the bucket-owner-full-control ACL. AWS asks for this action when the bucket belongs to another account; treat absence as a warning in the same account.",
            ),
            need(
                "s3:ListBucket",
                BUCKET,
                "Only for the HeadBucket Region probe; there is an unsigned fallback.",
            ),
        ],
        context: &[("s3:x-amz-acl", "bucket-owner-full-control")],
        symptom: "Shell works, nothing arrives in the bucket. If encryption is enforced and the bucket encryption cannot be read: the session is refused.",
        min_agent_version: "",
        also_needs: &[
            "cross-account bucket: bucket policy that allows the node role",
            "VPC-only node: S3 endpoint whose policy admits the bucket",
            "s3:GetEncryptionConfiguration when s3EncryptionEnabled = true",
            "s3:PutObjectAcl when bucket owner account differs from node account",
        ],
    },
    Capability {
        id: "session-s3-log-kms",
        title: "Session Manager: session log to an S3 bucket with SSE-KMS",
        weight: Severity::Warning,
        depends_on: &["session-s3-log"],
        enabled_by: "s3BucketName is set and the bucket's default encryption is aws:kms (or aws:kms:dsse)",
        required: &[
            need("s3:PutObject", LOG_OBJECT, ""),
            need("s3:GetEncryptionConfiguration", BUCKET, ""),
            need("kms:GenerateDataKey", KEY, ""),
        ],
        optional: &[
            need(
                "kms:Decrypt",
                KEY,
                "Only for multipart uploads (large logs); S3 has to read back the parts.",
            ),
            need(
                "s3:PutObjectAcl",
                LOG_OBJECT,
                "Cross-account bucket; see session_s3_log.",
            ),
        ],
        context: &[
            ("kms:ViaService", "s3.{region}.{dns_suffix}"),
            ("kms:EncryptionContext:aws:s3:arn", "{object_or_bucket_arn}"),
        ],
        symptom: "Shell works, upload fails with an S3 AccessDenied that may name kms:GenerateDataKey; log missing from the bucket.",
        min_agent_version: "",
        also_needs: &["key policy that allows the node role (cross-account: both sides)"],
    },
    Capability {
        id: "session-cwl-log",
        title: "Session Manager: session log to CloudWatch Logs, upload at end",
        weight: Severity::Warning,
        depends_on: &["session-manager"],
        enabled_by: "session preference cloudWatchLogGroupName is set",
        required: &[
            need("logs:CreateLogStream", LOG_STREAM, ""),
            need("logs:PutLogEvents", LOG_STREAM, ""),
            need("logs:DescribeLogGroups", LOG_GROUPS, ""),
        ],
        optional: &[
            need(
                "logs:DescribeLogStreams",
                LOG_GROUP,
                "In AWS's sample policy; current agents only use it to look up a sequence token.",
            ),
            need(
                "kms:Decrypt",
                KEY,
                "Not needed by the node for an encrypted log group: CloudWatch Logs itself uses the key. Listed only because AWS's sample groups it here.",
            ),
        ],
        context: &[],
        symptom: "Shell works, no log stream appears. With 'enforce log encryption' on and DescribeLogGroups denied the session is refused with a text that says encryption is not set up, which is misleading.",
        min_agent_version: "",
        also_needs: &["the log group must already exist: the node does not create it for sessions"],
    },
    Capability {
        id: "session-cwl-stream",
        title: "Session Manager: continuous streaming to CloudWatch Logs",
        weight: Severity::Warning,
        depends_on: &["session-manager"],
        enabled_by: "cloudWatchStreamingEnabled = true",
        required: &[
            need("logs:CreateLogStream", LOG_STREAM, ""),
            need("logs:PutLogEvents", LOG_STREAM, ""),
            need("logs:DescribeLogGroups", LOG_GROUPS, ""),
        ],
        optional: &[need(
            "logs:DescribeLogStreams",
            LOG_GROUP,
            "As in session_cwl_log.",
        )],
        context: &[],
        symptom: "Log only appears at the end of the shell, or not at all.",
        min_agent_version: "3.0.284.0",
        also_needs: &[
            "streaming is switched off when the log group cannot be described",
            "not available for PowerShell transcription output",
        ],
    },
    Capability {
        id: "session-port-forwarding",
        title: "Session Manager: port forwarding (local host and remote host)",
        weight: Severity::Error,
        depends_on: &["managed-node"],
        enabled_by: "",
        required: SESSION,
        optional: &[],
        context: &[],
        symptom: "Same as session_shell. Session data of this type is neither logged nor KMS-encrypted.",
        min_agent_version: "2.3.672.0",
        also_needs: &[
            "operator: ssm:StartSession on the node and on document AWS-StartPortForwardingSession / AWS-StartPortForwardingSessionToRemoteHost",
        ],
    },
    Capability {
        id: "session-ssh",
        title: "SSH and SCP through Session Manager",
        weight: Severity::Error,
        depends_on: &["managed-node"],
        enabled_by: "",
        required: SESSION,
        optional: &[],
        context: &[],
        symptom: "Same as session_shell; SSH authentication itself (keys, sshd) is outside IAM. Logging is not available for this type.",
        min_agent_version: "2.3.672.0",
        also_needs: &["operator: ssm:StartSession on the node and on document AWS-StartSSHSession"],
    },
    Capability {
        id: "session-run-as",
        title: "Run As for Linux and macOS nodes",
        weight: Severity::Note,
        depends_on: &["session-manager"],
        enabled_by: "",
        required: SESSION,
        optional: &[],
        context: &[],
        symptom: "No IAM on the node. A missing OS account ends the session; there is no fallback to ssm-user once Run As is on.",
        min_agent_version: "",
        also_needs: &[
            "operator: tag SSMSessionRunAs=<os user> on the operator's IAM user or role, or a name in the preferences document",
        ],
    },
    Capability {
        id: "run-command",
        title: "Run Command",
        weight: Severity::Error,
        depends_on: &["managed-node"],
        enabled_by: "",
        required: &[
            need("ssm:UpdateInstanceInformation", NODE, ""),
            need("ssmmessages:CreateControlChannel", CONTROL_CHANNEL, ""),
            need("ssmmessages:OpenControlChannel", CONTROL_CHANNEL, ""),
        ],
        optional: &[
            need(
                "ssmmessages:CreateDataChannel",
                DATA_CHANNEL,
                "Not used to deliver commands; AWS policies grant the four ssmmessages actions as one unit.",
            ),
            need(
                "ssmmessages:OpenDataChannel",
                DATA_CHANNEL,
                "As CreateDataChannel.",
            ),
            need(
                "ssm:GetDocument",
                DOCUMENT,
                "Nested documents (aws:runDocument / aws:downloadContent of type SSMDocument).",
            ),
            need(
                "ssm:GetParameters",
                PARAMETER,
                "Documents that contain {{ssm:...}} references resolved on the node, and parameters of content plug-ins (tokens).",
            ),
            need(
                "s3:GetObject",
                CONTENT_OBJECT,
                "aws:downloadContent of type S3, PowerShell modules and packages in a bucket of yours.",
            ),
            need(
                "s3:ListBucket",
                BUCKET,
                "aws:downloadContent of an S3 folder.",
            ),
            need(
                "ec2messages:AcknowledgeMessage",
                LEGACY_MESSAGES,
                "Legacy channel: used only by agents before 3.3.40.0, or while ssmmessages is not available, and only in Regions opened before 2024.",
            ),
            need(
                "ec2messages:DeleteMessage",
                LEGACY_MESSAGES,
                "Legacy channel: used only by agents before 3.3.40.0, or while ssmmessages is not available, and only in Regions opened before 2024.",
            ),
            need(
                "ec2messages:FailMessage",
                LEGACY_MESSAGES,
                "Legacy channel: used only by agents before 3.3.40.0, or while ssmmessages is not available, and only in Regions opened before 2024.",
            ),
            need(
                "ec2messages:GetEndpoint",
                LEGACY_MESSAGES,
                "Legacy channel: used only by agents before 3.3.40.0, or while ssmmessages is not available, and only in Regions opened before 2024.",
            ),
            need(
                "ec2messages:GetMessages",
                LEGACY_MESSAGES,
                "Legacy channel: used only by agents before 3.3.40.0, or while ssmmessages is not available, and only in Regions opened before 2024.",
            ),
            need(
                "ec2messages:SendReply",
                LEGACY_MESSAGES,
                "Legacy channel: used only by agents before 3.3.40.0, or while ssmmessages is not available, and only in Regions opened before 2024.",
            ),
        ],
        context: &[],
        symptom: "Command stays Pending and ends as Delivery Timed Out, or shows Undeliverable/TimedOut.",
        min_agent_version: "",
        also_needs: &[
            "Commands travel on the control channel; a node that lacks only the data-channel pair still runs commands (read in the agent source).",
            "Region opened before 2024: ec2messages:AcknowledgeMessage, ec2messages:DeleteMessage, ec2messages:FailMessage, ec2messages:GetMessages, ec2messages:SendReply instead of ssmmessages:CreateControlChannel, ssmmessages:OpenControlChannel",
        ],
    },
    Capability {
        id: "run-command-legacy-channel",
        title: "Run Command over ec2messages only",
        weight: Severity::Note,
        depends_on: &["managed-node"],
        enabled_by: "",
        required: &[
            need("ssm:UpdateInstanceInformation", NODE, ""),
            need("ec2messages:AcknowledgeMessage", LEGACY_MESSAGES, ""),
            need("ec2messages:DeleteMessage", LEGACY_MESSAGES, ""),
            need("ec2messages:FailMessage", LEGACY_MESSAGES, ""),
            need("ec2messages:GetEndpoint", LEGACY_MESSAGES, ""),
            need("ec2messages:GetMessages", LEGACY_MESSAGES, ""),
            need("ec2messages:SendReply", LEGACY_MESSAGES, ""),
        ],
        optional: &[],
        context: &[],
        symptom: "Commands are never picked up when ssmmessages is also not permitted. If ssmmessages works, nothing is lost.",
        min_agent_version: "",
        also_needs: &[
            "not offered in Regions opened in 2024 or later",
            "ec2messages:GetEndpoint is in the managed policies but the agent source does not call it",
        ],
    },
    Capability {
        id: "run-command-output-s3",
        title: "Run Command / State Manager output to S3",
        weight: Severity::Warning,
        depends_on: &["run-command"],
        enabled_by: "OutputS3BucketName in the command or association",
        required: &[need("s3:PutObject", LOG_OBJECT, "")],
        optional: &[
            need(
                "s3:PutObjectAcl",
                LOG_OBJECT,
                "Cross-account bucket; the agent sends the bucket-owner-full-control ACL.",
            ),
            need(
                "s3:GetEncryptionConfiguration",
                BUCKET,
                "Bucket with encryption; absence means no SSE headers are sent.",
            ),
            need("kms:GenerateDataKey", KEY, "Bucket with SSE-KMS."),
            need("s3:ListBucket", BUCKET, "Region probe."),
        ],
        context: &[],
        symptom: "Command succeeds, full output missing from the bucket; the console still shows the first 48,000 characters.",
        min_agent_version: "",
        also_needs: &[],
    },
    Capability {
        id: "run-command-output-cwl",
        title: "Run Command output to CloudWatch Logs",
        weight: Severity::Warning,
        depends_on: &["run-command"],
        enabled_by: "CloudWatchOutputConfig",
        required: &[
            need("logs:CreateLogGroup", LOG_GROUP, ""),
            need("logs:CreateLogStream", LOG_STREAM, ""),
            need("logs:PutLogEvents", LOG_STREAM, ""),
        ],
        optional: &[
            need(
                "logs:DescribeLogGroups",
                LOG_GROUPS,
                "Lets the agent accept a refused CreateLogGroup when it can see that the group exists; part of AWS's sample policy.",
            ),
            need(
                "logs:DescribeLogStreams",
                LOG_GROUP,
                "Part of AWS's sample policy; current agents only use it for a sequence token.",
            ),
        ],
        context: &[],
        symptom: "Command succeeds, no log stream. The agent calls CreateLogGroup first every time; if that is refused and the group cannot be seen either, CloudWatch output is dropped for the command, with a trace only in the agent log.",
        min_agent_version: "",
        also_needs: &[
            "the log group exists: logs:DescribeLogGroups instead of logs:CreateLogGroup",
        ],
    },
    Capability {
        id: "state-manager",
        title: "State Manager associations",
        weight: Severity::Warning,
        depends_on: &["managed-node"],
        enabled_by: "",
        required: &[
            need("ssm:ListInstanceAssociations", NODE, ""),
            need("ssm:GetDocument", DOCUMENT, ""),
            need("ssm:UpdateInstanceAssociationStatus", ASSOCIATION, ""),
        ],
        optional: &[
            need("ssm:DescribeAssociation", NODE, "Legacy loading path."),
            need(
                "ssm:ListAssociations",
                LEGACY_MESSAGES,
                "Fallback that the agent tries after any ListInstanceAssociations error.",
            ),
            need(
                "ssm:UpdateAssociationStatus",
                DOCUMENT,
                "Legacy associations (one document, one instance).",
            ),
            need(
                "ssm:PutComplianceItems",
                NODE,
                "Association compliance; a denial is swallowed by the agent.",
            ),
            need(
                "ssm:DescribeDocument",
                DOCUMENT,
                "Part of the managed policy; used by package and document plug-ins.",
            ),
        ],
        context: &[],
        symptom: "Associations stay Pending and are never applied, or run but never report a status; agent auto-update and inventory stop because they are associations too.",
        min_agent_version: "",
        also_needs: &[],
    },
    Capability {
        id: "inventory",
        title: "Inventory",
        weight: Severity::Warning,
        depends_on: &["state-manager"],
        enabled_by: "",
        required: &[
            need("ssm:PutInventory", ANY_OR_NODE, ""),
            need("ssm:ListInstanceAssociations", NODE, ""),
            need("ssm:GetDocument", DOCUMENT, ""),
            need("ssm:UpdateInstanceAssociationStatus", ASSOCIATION, ""),
        ],
        optional: &[need(
            "ssm:PutComplianceItems",
            NODE,
            "Compliance results sent next to inventory.",
        )],
        context: &[],
        symptom: "Inventory tab empty or stale; association AWS-GatherSoftwareInventory fails or never runs.",
        min_agent_version: "",
        also_needs: &[],
    },
    Capability {
        id: "patch-manager",
        title: "Patch Manager (AWS-RunPatchBaseline)",
        weight: Severity::Warning,
        depends_on: &["run-command"],
        enabled_by: "",
        required: &[
            need("ssm:GetDeployablePatchSnapshotForInstance", ANY_OR_NODE, ""),
            need("ssm:PutInventory", ANY_OR_NODE, ""),
            need("ssm:PutComplianceItems", NODE, ""),
        ],
        optional: &[
            need(
                "ssm:GetDocument",
                DOCUMENT,
                "Run from an association or nested document.",
            ),
            need(
                "s3:GetObject",
                AWS_OWNED_OBJECT,
                "AWS-owned buckets of this Region. Needed as an IAM grant only where traffic to S3 goes through a VPC endpoint or a policy that restricts S3; see aws-owned-buckets.json.",
            ),
            need(
                "s3:PutObject",
                LOG_OBJECT,
                "Output bucket, and baseline override lists in a bucket of yours use s3:GetObject.",
            ),
        ],
        context: &[],
        symptom: "Patch run fails while fetching the snapshot, or ends without compliance data; 'never reported' in the compliance view.",
        min_agent_version: "",
        also_needs: &[],
    },
    Capability {
        id: "patch-baseline-association",
        title: "AWS-RunPatchBaselineAssociation",
        weight: Severity::Warning,
        depends_on: &["patch-manager", "state-manager"],
        enabled_by: "",
        required: &[
            need("ssm:GetDeployablePatchSnapshotForInstance", ANY_OR_NODE, ""),
            need("ssm:PutInventory", ANY_OR_NODE, ""),
            need("ssm:PutComplianceItems", NODE, ""),
            need("ssm:DescribePatchBaselines", LEGACY_MESSAGES, ""),
            need("ssm:GetPatchBaseline", PATCH_BASELINE, ""),
            need(
                "ssm:DescribeEffectivePatchesForPatchBaseline",
                PATCH_BASELINE,
                "",
            ),
            need("tag:GetResources", ANY, ""),
        ],
        optional: &[],
        context: &[],
        symptom: "The document cannot find the baseline selected by tag and fails; AWS-RunPatchBaseline is not affected.",
        min_agent_version: "",
        also_needs: &[],
    },
    Capability {
        id: "patch-policy-quick-setup",
        title: "Quick Setup patch policy (baseline override bucket)",
        weight: Severity::Warning,
        depends_on: &["patch-manager"],
        enabled_by: "",
        required: &[need("s3:GetObject", QUICK_SETUP_OBJECT, "")],
        optional: &[],
        context: &[],
        symptom: "Patch run cannot read baseline_overrides.json and fails with an S3 AccessDenied.",
        min_agent_version: "",
        also_needs: &[
            "role tag QSConfigId-<configuration id> = <configuration id> where the bucket policy asks for it",
        ],
    },
    Capability {
        id: "parameter-store",
        title: "Parameter Store reads on the node",
        weight: Severity::Note,
        depends_on: &[],
        enabled_by: "",
        required: &[need("ssm:GetParameters", PARAMETER, "")],
        optional: &[
            need(
                "ssm:GetParameter",
                PARAMETER,
                "Single reads by scripts and by the CloudWatch agent.",
            ),
            need(
                "kms:Decrypt",
                KEY,
                "SecureString encrypted with a customer managed key.",
            ),
            need(
                "secretsmanager:GetSecretValue",
                SECRET,
                "Parameters under /aws/reference/secretsmanager/.",
            ),
        ],
        context: &[
            ("kms:ViaService", "ssm.{region}.{dns_suffix}"),
            (
                "kms:EncryptionContext:PARAMETER_ARN",
                "arn:{partition}:ssm:{region}:{account}:parameter/{parameter}",
            ),
        ],
        symptom: "Document parameter is not resolved and the step fails; scripts get AccessDeniedException. Default Host Management nodes show this because its default policy has no GetParameter*.",
        min_agent_version: "",
        also_needs: &[],
    },
    Capability {
        id: "distributor",
        title: "Distributor packages (AWS-ConfigureAWSPackage)",
        weight: Severity::Warning,
        depends_on: &["run-command"],
        enabled_by: "",
        required: &[
            need("ssm:GetDocument", DOCUMENT, ""),
            need("ssm:DescribeDocument", DOCUMENT, ""),
            need("ssm:PutConfigurePackageResult", LEGACY_MESSAGES, ""),
        ],
        optional: &[
            need(
                "ssm:GetManifest",
                LEGACY_MESSAGES,
                "Legacy package service; not offered in Regions opened after 2017.",
            ),
            need(
                "s3:GetObject",
                AWS_OWNED_OBJECT,
                "AWS-owned package and attachment buckets where S3 traffic is restricted; own attachments are fetched through pre-signed links.",
            ),
            need(
                "ssm:GetParameters",
                PARAMETER,
                "Package scripts that read parameters.",
            ),
        ],
        context: &[],
        symptom: "AWS-ConfigureAWSPackage cannot find or download the package; publisher metrics missing if only PutConfigurePackageResult is denied.",
        min_agent_version: "",
        also_needs: &[],
    },
    Capability {
        id: "agent-auto-update",
        title: "Automatic update of SSM Agent",
        weight: Severity::Note,
        depends_on: &["state-manager"],
        enabled_by: "",
        required: &[
            need("ssm:ListInstanceAssociations", NODE, ""),
            need("ssm:GetDocument", DOCUMENT, ""),
            need("ssm:UpdateInstanceAssociationStatus", ASSOCIATION, ""),
        ],
        optional: &[need(
            "s3:GetObject",
            AGENT_PACKAGE,
            "amazon-ssm-{region}: required only where S3 is reached through a restrictive endpoint policy. The bucket is publicly readable otherwise.",
        )],
        context: &[],
        symptom: "Agent stays at the old version; the AWS-UpdateSSMAgent association is Pending or Failed while downloading the manifest.",
        min_agent_version: "",
        also_needs: &[],
    },
    Capability {
        id: "maintenance-windows",
        title: "Maintenance Windows",
        weight: Severity::Note,
        depends_on: &["run-command"],
        enabled_by: "",
        required: &[
            need("ssm:UpdateInstanceInformation", NODE, ""),
            need("ssmmessages:CreateControlChannel", CONTROL_CHANNEL, ""),
            need("ssmmessages:OpenControlChannel", CONTROL_CHANNEL, ""),
        ],
        optional: &[],
        context: &[],
        symptom: "Task ends with no targets reached or timed out on this node; everything else about a window is decided by the service role and the operator.",
        min_agent_version: "",
        also_needs: &[
            "operator: service-linked role AWSServiceRoleForAmazonSSM or a custom role with iam:PassRole",
        ],
    },
    Capability {
        id: "fleet-manager",
        title: "Fleet Manager node tools (files, processes, users, event logs, registry, performance counters)",
        weight: Severity::Warning,
        depends_on: &["session-manager"],
        enabled_by: "",
        required: SESSION,
        optional: &[need(
            "kms:Decrypt",
            KEY,
            "When sessions are KMS-encrypted; password reset always needs KMS encryption in the preferences.",
        )],
        context: &[],
        symptom: "Node listed but its tools do not load.",
        min_agent_version: "",
        also_needs: &[
            "operator: RDP: ssm-guiconnect:StartConnection/CancelConnection/GetConnection plus ssm:StartSession on AWS-StartPortForwardingSession",
        ],
    },
    Capability {
        id: "hybrid-registration",
        title: "Hybrid activation (mi- nodes)",
        weight: Severity::Error,
        depends_on: &[],
        enabled_by: "",
        required: &[],
        optional: &[],
        context: &[],
        symptom: "No IAM grant is used for registration or for role tokens. A wrong trust policy shows as AccessDeniedException when the agent asks for the role token; an expired activation shows as ActivationExpired/InvalidActivation; a cloned or changed machine shows as MachineFingerprintDoesNotMatch.",
        min_agent_version: "",
        also_needs: &[
            "advanced-instances tier for Session Manager on mi- nodes",
            "VPC endpoint policies must not test aws:Principal* keys on ssm:RegisterManagedInstance, ssm:RequestManagedInstanceRoleToken, ssm:UpdateManagedInstancePublicKey; use ssm:NodeAccountId or ssm:NodeOrgId",
        ],
    },
    Capability {
        id: "default-host-management",
        title: "Default Host Management Configuration (EC2)",
        weight: Severity::Error,
        depends_on: &[],
        enabled_by: "",
        required: &[],
        optional: &[],
        context: &[],
        symptom: "Role token answers AccessDeniedException naming the instance management role when the setting is off in this account and Region.",
        min_agent_version: "3.2.582.0",
        also_needs: &[
            "IMDSv2",
            "no ssm:UpdateInstanceInformation in the attached profile, or no profile",
            "setting on in this account and Region",
            "instance identity role credentials readable from IMDS",
            "registration files under /var/lib/amazon/ssm intact",
        ],
    },
    Capability {
        id: "cloudwatch-agent",
        title: "CloudWatch agent managed through Systems Manager",
        weight: Severity::Note,
        depends_on: &["run-command"],
        enabled_by: "",
        required: &[
            need("cloudwatch:PutMetricData", ANY, ""),
            need("logs:CreateLogGroup", LOG_GROUP, ""),
            need("logs:CreateLogStream", LOG_STREAM, ""),
            need("logs:DescribeLogStreams", LOG_GROUP, ""),
            need("logs:PutLogEvents", LOG_STREAM, ""),
            need("ssm:GetParameter", CLOUDWATCH_PARAMETER, ""),
        ],
        optional: &[
            need("ec2:DescribeTags", ANY, "Auto Scaling and tag dimensions."),
            need("ec2:DescribeVolumes", ANY, "EBS dimensions."),
            need("logs:DescribeLogGroups", LOG_GROUPS, "Lookup."),
            need(
                "logs:PutRetentionPolicy",
                LOG_GROUP,
                "When the configuration sets retention.",
            ),
        ],
        context: &[],
        symptom: "Metrics or logs missing; AmazonCloudWatch-ManageAgent cannot read its configuration parameter.",
        min_agent_version: "",
        also_needs: &[],
    },
    Capability {
        id: "domain-join",
        title: "Directory join (AWS-JoinDirectoryServiceDomain)",
        weight: Severity::Note,
        depends_on: &["run-command"],
        enabled_by: "",
        required: &[
            need("ds:CreateComputer", DIRECTORY, ""),
            need("ds:DescribeDirectories", ANY, ""),
        ],
        optional: &[
            need(
                "secretsmanager:GetSecretValue",
                SECRET,
                "Linux seamless join reads aws/directory-services/{directory_id}/seamless-domain-join.",
            ),
            need("secretsmanager:DescribeSecret", SECRET, "As above."),
        ],
        context: &[],
        symptom: "The aws:domainJoin step fails with AccessDenied; other functions are not affected.",
        min_agent_version: "",
        also_needs: &[],
    },
    Capability {
        id: "aws-owned-buckets",
        title: "AWS-owned S3 buckets used by agent and documents",
        weight: Severity::Note,
        depends_on: &[],
        enabled_by: "",
        required: &[],
        optional: &[need(
            "s3:GetObject",
            AWS_OWNED_OBJECT,
            "Only when an S3 endpoint policy, a network path or an organization policy restricts S3.",
        )],
        context: &[],
        symptom: "Agent update, patching, Distributor or documents with attachments fail with 403 from S3; Session Manager itself is not affected.",
        min_agent_version: "",
        also_needs: &[],
    },
    Capability {
        id: "agent-logs-cwl",
        title: "SSM Agent's own logs to CloudWatch Logs",
        weight: Severity::Note,
        depends_on: &[],
        enabled_by: "seelog custom receiver in the agent log configuration",
        required: &[
            need("logs:CreateLogGroup", LOG_GROUP, ""),
            need("logs:CreateLogStream", LOG_STREAM, ""),
            need("logs:DescribeLogGroups", LOG_GROUPS, ""),
            need("logs:DescribeLogStreams", LOG_GROUP, ""),
            need("logs:PutLogEvents", LOG_STREAM, ""),
        ],
        optional: &[],
        context: &[],
        symptom: "No agent log group; nothing else changes.",
        min_agent_version: "",
        also_needs: &[],
    },
    Capability {
        id: "agent-telemetry",
        title: "SSM Agent audit metrics",
        weight: Severity::Note,
        depends_on: &[],
        enabled_by: "agent configuration switches that send metrics to the customer's account (off by default)",
        required: &[need("cloudwatch:PutMetricData", ANY, "")],
        optional: &[],
        context: &[],
        symptom: "Nothing visible.",
        min_agent_version: "",
        also_needs: &[],
    },
    Capability {
        id: "just-in-time-access",
        title: "Just-in-time node access",
        weight: Severity::Note,
        depends_on: &["session-manager"],
        enabled_by: "",
        required: SESSION,
        optional: &[],
        context: &[],
        symptom: "Same as session_shell; approvals and tokens are operator and service side.",
        min_agent_version: "",
        also_needs: &[
            "operator: ssm:StartAccessRequest, ssm:GetAccessToken; an operator with plain ssm:StartSession bypasses it",
        ],
    },
];

const SESSION: &[ActionNeed] = &[
    need("ssm:UpdateInstanceInformation", NODE, ""),
    need("ssmmessages:CreateControlChannel", CONTROL_CHANNEL, ""),
    need("ssmmessages:OpenControlChannel", CONTROL_CHANNEL, ""),
    need("ssmmessages:CreateDataChannel", DATA_CHANNEL, ""),
    need("ssmmessages:OpenDataChannel", DATA_CHANNEL, ""),
];

const fn need(action: &'static str, shape: Shape, why: &'static str) -> ActionNeed {
    ActionNeed {
        action,
        grant: shape.grant,
        request: shape.request,
        why,
    }
}

const ANY: Shape = Shape {
    grant: &["*"],
    request: &["*"],
};
const NODE: Shape = Shape {
    grant: &["*"],
    request: &["{self_arn}"],
};
const CONTROL_CHANNEL: Shape = Shape {
    grant: &["*"],
    request: &[
        "*",
        "arn:{partition}:ssmmessages:{region}:{account}:*",
        "arn:{partition}:ssmmessages:{region}:{account}:control-channel/{node_id}",
    ],
};
const DATA_CHANNEL: Shape = Shape {
    grant: &["*"],
    request: &[
        "*",
        "arn:{partition}:ssmmessages:{region}:{account}:*",
        "arn:{partition}:ssm:{region}:{account}:session/{session_id}",
    ],
};
const KEY: Shape = Shape {
    grant: &["{kms_key_arn}"],
    request: &["{kms_key_arn}"],
};
const LOG_OBJECT: Shape = Shape {
    grant: &["arn:{partition}:s3:::{bucket}/{prefix}*"],
    request: &["arn:{partition}:s3:::{bucket}/{prefix}{object}"],
};
const BUCKET: Shape = Shape {
    grant: &["arn:{partition}:s3:::{bucket}"],
    request: &["arn:{partition}:s3:::{bucket}"],
};
const LOG_STREAM: Shape = Shape {
    grant: &["arn:{partition}:logs:{region}:{account}:log-group:{log_group}:*"],
    request: &[
        "arn:{partition}:logs:{region}:{account}:log-group:{log_group}:log-stream:{log_stream}",
    ],
};
const LOG_GROUPS: Shape = Shape {
    grant: &["*"],
    request: &[
        "*",
        "arn:{partition}:logs:{region}:{account}:log-group::log-stream:",
    ],
};
const LOG_GROUP: Shape = Shape {
    grant: &[
        "arn:{partition}:logs:{region}:{account}:log-group:{log_group}",
        "arn:{partition}:logs:{region}:{account}:log-group:{log_group}:*",
    ],
    request: &[
        "arn:{partition}:logs:{region}:{account}:log-group:{log_group}",
        "arn:{partition}:logs:{region}:{account}:log-group:{log_group}:log-stream:",
    ],
};
const DOCUMENT: Shape = Shape {
    grant: &["*"],
    request: &["arn:{partition}:ssm:{region}:{document_account}:document/{document}"],
};
const PARAMETER: Shape = Shape {
    grant: &["arn:{partition}:ssm:{region}:{account}:parameter/{parameter}"],
    request: &["arn:{partition}:ssm:{region}:{account}:parameter/{parameter}"],
};
const CONTENT_OBJECT: Shape = Shape {
    grant: &["arn:{partition}:s3:::{bucket}/*"],
    request: &["arn:{partition}:s3:::{bucket}/{object}"],
};
const LEGACY_MESSAGES: Shape = Shape {
    grant: &["*"],
    request: &["*", "arn:{partition}:ssm:{region}:{account}:*"],
};
const ASSOCIATION: Shape = Shape {
    grant: &["*"],
    // The node's own ARN is an optional resource of the action: AWS may check it too.
    request: &[
        "arn:{partition}:ssm:{region}:{account}:association/{association_id}",
        "{self_arn}",
    ],
};
const ANY_OR_NODE: Shape = Shape {
    grant: &["*"],
    request: &["*", "{self_arn}"],
};
const AWS_OWNED_OBJECT: Shape = Shape {
    grant: &["arn:{partition}:s3:::{aws_owned_bucket}/*"],
    request: &["arn:{partition}:s3:::{aws_owned_bucket}/{object}"],
};
const PATCH_BASELINE: Shape = Shape {
    grant: &["arn:{partition}:ssm:*:*:patchbaseline/*"],
    request: &["arn:{partition}:ssm:{region}:{account}:patchbaseline/{baseline_id}"],
};
const QUICK_SETUP_OBJECT: Shape = Shape {
    grant: &["arn:{partition}:s3:::aws-quicksetup-patchpolicy-*"],
    request: &[
        "arn:{partition}:s3:::aws-quicksetup-patchpolicy-{setup_account}-{quick_setup_config_id}/baseline_overrides.json",
    ],
};
const SECRET: Shape = Shape {
    grant: &["arn:{partition}:secretsmanager:{region}:{account}:secret:{secret}-*"],
    request: &["arn:{partition}:secretsmanager:{region}:{account}:secret:{secret}-{random6}"],
};
const AGENT_PACKAGE: Shape = Shape {
    grant: &["arn:{partition}:s3:::amazon-ssm-{region}/*"],
    request: &["arn:{partition}:s3:::amazon-ssm-{region}/{object}"],
};
const CLOUDWATCH_PARAMETER: Shape = Shape {
    grant: &["arn:{partition}:ssm:*:*:parameter/AmazonCloudWatch-*"],
    request: &["arn:{partition}:ssm:{region}:{account}:parameter/AmazonCloudWatch-{name}"],
};
const DIRECTORY: Shape = Shape {
    grant: &["arn:{partition}:ds:{region}:{account}:directory/{directory_id}"],
    request: &["arn:{partition}:ds:{region}:{account}:directory/{directory_id}"],
};
