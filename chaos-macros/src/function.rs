//! The function under the attribute: its signature parsed, its body left as raw tokens, so that
//! the body's own mistakes are reported by the compiler as if the attribute were not there.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::{Attribute, Ident, Pat, Signature, Token, Visibility};

/// A function, method or associated function with a body.
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    pub(crate) body: Group,
}

impl Function {
    pub(crate) fn parse(item: TokenStream) -> syn::Result<Self> {
        let function: Self = (|input: ParseStream<'_>| input.parse()).parse2(item)?;
        if let Some(constness) = function.sig.constness {
            return Err(syn::Error::new_spanned(
                constness,
                "#[inject_chaos] cannot reach a `const fn`, which may run in the compiler; \
                 remove `const`, or put the attribute on the function that calls it",
            ));
        }
        Ok(function)
    }
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis: Visibility = input.parse()?;
        // `default fn` in a specialising impl is somebody's nightly; everything else starts here.
        let starts_function = input.peek(Token![fn])
            || input.peek(Token![const]) && !input.peek2(Ident) && !input.peek2(Token![_])
            || input.peek(Token![async])
            || input.peek(Token![unsafe])
                && !input.peek2(Token![impl])
                && !input.peek2(Token![trait])
            || input.peek(Token![extern]) && !input.peek2(Token![crate]);
        if !starts_function {
            return Err(input.error(
                "#[inject_chaos] goes on a function or a method; \
                 put it on each `fn` that chaos shall reach",
            ));
        }
        let sig: Signature = input.parse()?;
        let body = body(input, &sig)?;
        Ok(Self {
            attrs,
            vis,
            sig,
            body,
        })
    }
}

fn body(input: ParseStream<'_>, sig: &Signature) -> syn::Result<Group> {
    match input.parse::<TokenTree>() {
        Ok(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => Ok(group),
        _ => Err(syn::Error::new(
            sig.ident.span(),
            "#[inject_chaos] needs a function with a body; \
             put it on the method in the `impl`, not on its declaration",
        )),
    }
}

/// The name that a plain argument binds (`event`, `mut event`), if it binds just one and means
/// it to be used: lints watch who uses `_event`.
pub(crate) fn plain_name(pattern: &Pat) -> Option<&Ident> {
    match pattern {
        Pat::Ident(name) if name.subpat.is_none() && name.by_ref.is_none() => {
            Some(&name.ident).filter(|name| !name.to_string().starts_with('_'))
        }
        _ => None,
    }
}
