//! A response of reqwest's, made and changed.

use http::{Response as HttpResponse, StatusCode};
use http_body::Body as _;
use rand_pcg::Pcg64Mcg;
use reqwest::{Body, Response, ResponseBuilderExt as _, Url};

use crate::engine::{Corrupting, Refusal};
use crate::seam::client::http::Replies;
use crate::seam::corrupt::{self, Dropped, Mangled};

/// Of the responses to a request of that URL.
pub(super) struct OfReqwest(pub(super) Url);

impl Replies<Response> for OfReqwest {
    fn make(&self, response: HttpResponse<String>) -> Response {
        back(response.map(Body::from), self.0.clone())
    }

    fn recode(&self, response: Response, code: StatusCode) -> Response {
        let (mut response, url) = apart(response);
        *response.status_mut() = code;
        back(response, url)
    }

    fn corrupt(&self, response: Response, corrupting: &mut Corrupting) -> (Response, Dropped) {
        let (mut response, url) = apart(response);
        let dropped = corrupt::response_by(&mut response, corrupting, mangle);
        (back(response, url), dropped)
    }
}

/// The URL is what it loses on the way.
fn apart(response: Response) -> (HttpResponse<Body>, Url) {
    let url = response.url().clone();
    (response.into(), url)
}

fn back(mut response: HttpResponse<Body>, url: Url) -> Response {
    // Only a builder takes it.
    if let Ok(with_url) = HttpResponse::builder().url(url).body(()) {
        let (parts, ()) = with_url.into_parts();
        response.extensions_mut().extend(parts.extensions);
    }
    response.into()
}

fn mangle(body: &mut Body, random: &mut Pcg64Mcg) -> Result<Option<usize>, Refusal> {
    if body.is_end_stream() {
        return Err(corrupt::no_body());
    }
    let own = std::mem::take(body);
    *body = Body::wrap(Mangled::new(own, random.clone()));
    Ok(None)
}
