//! Who am I.

use super::{Put, good, outcome_of, query};
use crate::aws::sign;
use crate::observations::{NotAsked, Outcome};

/// `sts:GetCallerIdentity`; needs no permission.
pub(super) async fn caller_identity(put: Put<'_>) -> Result<Outcome, NotAsked> {
    let mut request = query::request(put.endpoint, query::STS, "GetCallerIdentity", &[])?;
    sign::sigv4(&mut request, put.credentials()?, put.scope("sts"))?;
    let sent = put.send(request).await;
    let arn = good(&sent).and_then(|text| query::caller_arn(&text));
    Ok(match (outcome_of(sent), arn) {
        (Outcome::Answered(answered), None) if answered.status == 200 => Outcome::NotAws {
            status: answered.status,
            sign: "an answer without the caller's ARN".to_owned(),
        },
        (Outcome::Answered(mut answered), arn) => {
            answered.caller_arn = arn;
            Outcome::Answered(answered)
        }
        (outcome, _) => outcome,
    })
}
