//! What stands in the attribute's parentheses.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Expr, Ident, LitStr, Path, Token, parenthesized};

mod kw {
    syn::custom_keyword!(point);
    syn::custom_keyword!(labels);
    syn::custom_keyword!(error);
}

/// `point = "…"`, `labels(name = expression, …)`, `error = path`, `crate = path`, each at most once.
#[derive(Default)]
pub(crate) struct Args {
    pub(crate) point: Option<LitStr>,
    pub(crate) labels: Option<Vec<Label>>,
    pub(crate) error: Option<Path>,
    pub(crate) krate: Option<Path>,
}

/// One `name = expression`; a lone `name` stands for `name = name`.
pub(crate) struct Label {
    pub(crate) name: Ident,
    pub(crate) value: Expr,
}

impl Parse for Args {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut args = Self::default();
        while !input.is_empty() {
            args.parse_one(input)?;
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(args)
    }
}

impl Args {
    fn parse_one(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        let ahead = input.lookahead1();
        if ahead.peek(kw::point) {
            once(self.point.as_ref(), input)?;
            self.point = Some(point_name(shown(
                value(input),
                "point = \"cache.get_user\"",
            )?)?);
        } else if ahead.peek(kw::labels) {
            once(self.labels.as_ref(), input)?;
            self.labels = Some(labels(input)?);
        } else if ahead.peek(kw::error) {
            once(self.error.as_ref(), input)?;
            self.error = Some(shown(value(input), "error = MyError::injected")?);
        } else if ahead.peek(Token![crate]) {
            once(self.krate.as_ref(), input)?;
            let path = crate_path(input);
            self.krate = Some(shown(path, "crate = my_crate::chaos_core")?);
        } else {
            return Err(ahead.error());
        }
        Ok(())
    }
}

/// Refuses an argument that stands there a second time.
fn once<T>(slot: Option<&T>, input: ParseStream<'_>) -> syn::Result<()> {
    if slot.is_some() {
        return Err(input.error("this argument is given twice; keep one of the two"));
    }
    Ok(())
}

/// What syn expected says nothing of what an argument looks like.
fn shown<T>(parsed: syn::Result<T>, example: &str) -> syn::Result<T> {
    parsed.map_err(|error| syn::Error::new(error.span(), format!("{error}; write `{example}`")))
}

/// The value behind `name =`.
fn value<T: Parse>(input: ParseStream<'_>) -> syn::Result<T> {
    input.call(any_ident)?;
    input.parse::<Token![=]>()?;
    input.parse()
}

fn any_ident(input: ParseStream<'_>) -> syn::Result<Ident> {
    use syn::ext::IdentExt as _;
    Ident::parse_any(input)
}

fn crate_path(input: ParseStream<'_>) -> syn::Result<Path> {
    input.parse::<Token![crate]>()?;
    input.parse::<Token![=]>()?;
    input.call(Path::parse_mod_style)
}

fn point_name(name: LitStr) -> syn::Result<LitStr> {
    let text = name.value();
    if text.is_empty() || text.contains(|c: char| c.is_whitespace() || c == '*') {
        return Err(syn::Error::new(
            name.span(),
            "a point's name is words joined by dots, such as \"cache.get_user\"",
        ));
    }
    if text == "handler" {
        return Err(syn::Error::new(
            name.span(),
            "`handler` is the name of the handler's own point; leave `point` out, or name another",
        ));
    }
    Ok(name)
}

fn labels(input: ParseStream<'_>) -> syn::Result<Vec<Label>> {
    let labels = shown(listed(input), "labels(tenant = tenant, table)")?;
    let mut seen = Vec::<String>::new();
    for NamedLabel { name, .. } in &labels {
        if seen.contains(&name.to_string()) {
            return Err(syn::Error::new(
                name.span(),
                format!("the label `{name}` is given twice; keep one of the two"),
            ));
        }
        seen.push(name.to_string());
    }
    Ok(labels
        .into_iter()
        .map(|NamedLabel { name, value }| Label { name, value })
        .collect())
}

fn listed(input: ParseStream<'_>) -> syn::Result<Punctuated<NamedLabel, Token![,]>> {
    input.parse::<kw::labels>()?;
    let content;
    parenthesized!(content in input);
    Punctuated::parse_terminated(&content)
}

struct NamedLabel {
    name: Ident,
    value: Expr,
}

impl Parse for NamedLabel {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = any_ident(input)?;
        let value = if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            input.parse()?
        } else {
            syn::parse_quote!(#name)
        };
        Ok(Self { name, value })
    }
}

impl Args {
    /// The arguments as they were written, for an attribute that is applied later.
    pub(crate) fn tokens(&self) -> TokenStream {
        let mut tokens = TokenStream::new();
        if let Some(point) = &self.point {
            tokens.extend(quote!(point = #point,));
        }
        if let Some(labels) = &self.labels {
            let names = labels.iter().map(|label| &label.name);
            let values = labels.iter().map(|label| &label.value);
            tokens.extend(quote!(labels(#(#names = #values),*),));
        }
        if let Some(error) = &self.error {
            tokens.extend(quote!(error = #error,));
        }
        if let Some(krate) = &self.krate {
            tokens.extend(quote!(crate = #krate,));
        }
        tokens
    }
}
