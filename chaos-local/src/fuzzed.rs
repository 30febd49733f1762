//! For the fuzz targets alone, which are built with `--cfg fuzzing`: requests without the wire.

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;

use crate::server::Server;
use crate::{AppConfig, AppConfigAgent, Function, HttpApi, LambdaApi};
use crate::{ParameterStore, ParametersExtension};

/// A server that answers a request in memory. Under fuzzing none listens.
pub trait Ask {
    #[doc(hidden)]
    #[expect(private_interfaces, reason = "only what is here implements it")]
    fn server(&self) -> &Server;

    /// What it answers.
    fn ask(&self, request: Request<Bytes>) -> impl Future<Output = Response<Full<Bytes>>> + Send {
        self.server().ask(request)
    }
}

macro_rules! asked {
    ($($server:ty)*) => {
        $(impl Ask for $server {
            #[expect(private_interfaces, reason = "as above")]
            fn server(&self) -> &Server {
                &self.server
            }
        })*
    };
}

asked!(AppConfig AppConfigAgent Function HttpApi LambdaApi ParameterStore ParametersExtension);
