//! AWS's own managed policies that meet on nodes, as they were published.
//!
//! AWS can publish a newer version at any time, so whatever rests on one names version and date.
//! Source: the public copies named in each file's `retrieved_from`.

/// One of AWS's managed policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ManagedPolicy {
    /// Its name.
    pub name: &'static str,
    /// Its path and name, the end of its ARN.
    pub path: &'static str,
    /// The version held here.
    pub version: &'static str,
    /// When that version was made (UTC).
    pub version_date: &'static str,
    /// The file held here: its `document` is the policy.
    pub text: &'static str,
}

impl ManagedPolicy {
    /// The policy itself.
    #[must_use]
    pub fn document(&self) -> serde_json::Value {
        let file: serde_json::Value = serde_json::from_str(self.text).unwrap_or_default();
        file.get("document").cloned().unwrap_or_default()
    }

    /// Its ARN in a partition.
    #[must_use]
    pub fn arn(&self, partition: &str) -> String {
        format!("arn:{partition}:iam::aws:policy/{}", self.path)
    }
}

/// The managed policy of this name or ARN, if it is held here.
#[must_use]
pub fn managed_policy(name_or_arn: &str) -> Option<&'static ManagedPolicy> {
    let name = match name_or_arn.split_once(":policy/") {
        Some((prefix, path)) if prefix.ends_with(":iam::aws") => path.rsplit('/').next()?,
        Some(_) => return None,
        None => name_or_arn,
    };
    MANAGED_POLICIES.iter().find(|policy| policy.name == name)
}

/// Every managed policy held here, by name.
pub const MANAGED_POLICIES: &[ManagedPolicy] = &[
    ManagedPolicy {
        name: "AWSCloud9SSMInstanceProfile",
        path: "AWSCloud9SSMInstanceProfile",
        version: "v1",
        version_date: "2020-05-14",
        text: include_str!("managed_policies/AWSCloud9SSMInstanceProfile.json"),
    },
    ManagedPolicy {
        name: "AWSQuickSetupPatchPolicyBaselineAccess",
        path: "AWSQuickSetupPatchPolicyBaselineAccess",
        version: "v1",
        version_date: "2024-06-26",
        text: include_str!("managed_policies/AWSQuickSetupPatchPolicyBaselineAccess.json"),
    },
    ManagedPolicy {
        name: "AWSQuickSetupSSMHostMgmtPermissionsBoundary",
        path: "AWSQuickSetupSSMHostMgmtPermissionsBoundary",
        version: "v1",
        version_date: "2024-06-26",
        text: include_str!("managed_policies/AWSQuickSetupSSMHostMgmtPermissionsBoundary.json"),
    },
    ManagedPolicy {
        name: "AmazonEC2RoleforSSM",
        path: "service-role/AmazonEC2RoleforSSM",
        version: "v8",
        version_date: "2019-01-24",
        text: include_str!("managed_policies/AmazonEC2RoleforSSM.json"),
    },
    ManagedPolicy {
        name: "AmazonSSMAutomationRole",
        path: "service-role/AmazonSSMAutomationRole",
        version: "v9",
        version_date: "2026-03-20",
        text: include_str!("managed_policies/AmazonSSMAutomationRole.json"),
    },
    ManagedPolicy {
        name: "AmazonSSMDirectoryServiceAccess",
        path: "AmazonSSMDirectoryServiceAccess",
        version: "v1",
        version_date: "2019-03-15",
        text: include_str!("managed_policies/AmazonSSMDirectoryServiceAccess.json"),
    },
    ManagedPolicy {
        name: "AmazonSSMFullAccess",
        path: "AmazonSSMFullAccess",
        version: "v4",
        version_date: "2019-11-20",
        text: include_str!("managed_policies/AmazonSSMFullAccess.json"),
    },
    ManagedPolicy {
        name: "AmazonSSMMaintenanceWindowRole",
        path: "service-role/AmazonSSMMaintenanceWindowRole",
        version: "v3",
        version_date: "2019-07-27",
        text: include_str!("managed_policies/AmazonSSMMaintenanceWindowRole.json"),
    },
    ManagedPolicy {
        name: "AmazonSSMManagedEC2InstanceDefaultPolicy",
        path: "AmazonSSMManagedEC2InstanceDefaultPolicy",
        version: "v2",
        version_date: "2024-07-16",
        text: include_str!("managed_policies/AmazonSSMManagedEC2InstanceDefaultPolicy.json"),
    },
    ManagedPolicy {
        name: "AmazonSSMManagedInstanceCore",
        path: "AmazonSSMManagedInstanceCore",
        version: "v2",
        version_date: "2019-05-23",
        text: include_str!("managed_policies/AmazonSSMManagedInstanceCore.json"),
    },
    ManagedPolicy {
        name: "AmazonSSMPatchAssociation",
        path: "AmazonSSMPatchAssociation",
        version: "v1",
        version_date: "2020-05-13",
        text: include_str!("managed_policies/AmazonSSMPatchAssociation.json"),
    },
    ManagedPolicy {
        name: "AmazonSSMReadOnlyAccess",
        path: "AmazonSSMReadOnlyAccess",
        version: "v1",
        version_date: "2015-05-29",
        text: include_str!("managed_policies/AmazonSSMReadOnlyAccess.json"),
    },
    ManagedPolicy {
        name: "AmazonSSMServiceRolePolicy",
        path: "aws-service-role/AmazonSSMServiceRolePolicy",
        version: "v17",
        version_date: "2026-06-26",
        text: include_str!("managed_policies/AmazonSSMServiceRolePolicy.json"),
    },
    ManagedPolicy {
        name: "CloudWatchAgentAdminPolicy",
        path: "CloudWatchAgentAdminPolicy",
        version: "v2",
        version_date: "2024-02-05",
        text: include_str!("managed_policies/CloudWatchAgentAdminPolicy.json"),
    },
    ManagedPolicy {
        name: "CloudWatchAgentServerPolicy",
        path: "CloudWatchAgentServerPolicy",
        version: "v3",
        version_date: "2024-02-06",
        text: include_str!("managed_policies/CloudWatchAgentServerPolicy.json"),
    },
];
