//! The AWS SDK on our own HTTP stack: it shapes and signs a request, and we send it.
//!
//! So there is one resolver, one TLS setup, one limit, and one reader of answers. The answer is
//! kept aside for that reader, whatever the SDK makes of it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::{Response as SdkResponse, StatusCode};
use aws_smithy_types::body::SdkBody;

use crate::network::progress::Progress;
use crate::network::{Response, Stack};
use crate::observations::Failure;

/// The stack in the SDK's clothes, for one request.
#[derive(Debug, Clone)]
pub struct Carrier {
    stack: Stack,
    limit: Duration,
    progress: Progress,
    seen: Arc<Mutex<Option<Result<Response, Failure>>>>,
}

impl Carrier {
    /// A carrier for one request.
    #[must_use]
    pub fn new(stack: Stack, limit: Duration, progress: Progress) -> Self {
        Self {
            stack,
            limit,
            progress,
            seen: Arc::default(),
        }
    }

    /// What became of the request; `None` = the SDK sent none.
    #[must_use]
    pub fn take(&self) -> Option<Result<Response, Failure>> {
        self.lock().take()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Result<Response, Failure>>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn carry(self, request: HttpRequest) -> Result<SdkResponse, ConnectorError> {
        let mut request = request
            .try_into_http1x()
            .map_err(|error| ConnectorError::user(error.into()))?
            .map(|body| body.bytes().unwrap_or_default().to_vec());
        // Not signed; the stack puts its own name there.
        request.headers_mut().remove(http::header::USER_AGENT);
        let sent = self
            .stack
            .send_marking(request, self.limit, &self.progress)
            .await;
        let answer = match &sent {
            Ok(response) => for_sdk(response),
            Err(_) => Err(ConnectorError::io("no answer".into())),
        };
        *self.lock() = Some(sent);
        answer
    }
}

fn for_sdk(response: &Response) -> Result<SdkResponse, ConnectorError> {
    let status = StatusCode::try_from(response.status)
        .map_err(|error| ConnectorError::other(error.into(), None))?;
    let mut answer = SdkResponse::new(status, SdkBody::from(response.body.clone()));
    for (name, value) in &response.headers {
        if let Ok(value) = value.to_str() {
            let _previous = answer
                .headers_mut()
                .try_append(name.as_str().to_owned(), value.to_owned());
        }
    }
    Ok(answer)
}

impl HttpConnector for Carrier {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().carry(request))
    }
}

impl HttpClient for Carrier {
    fn http_connector(
        &self,
        _settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
